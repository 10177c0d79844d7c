export function sizesTable(_output: string): string {
  return '';
}
