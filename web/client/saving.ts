// Files that a person saves, and the table of those who were checked one after the other.
const FORMULA = /^[=+\-@\t\r\uff1d]/;

export function save(name: string, content: string | Blob, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// Returns rows as CSV; what a spreadsheet would take for a formula is set apart with an apostrophe.
export function csv(rows: string[][]): string {
  const cell = (text: string): string => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
