/** CPU time that this process has taken since it began, ms: the clock also counts what other programs take meanwhile. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
