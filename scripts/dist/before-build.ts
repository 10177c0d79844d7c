/** electron-builder's hook: false means that it need not look for node_modules. */
export function beforeBuild(): boolean {
  return false;
}
