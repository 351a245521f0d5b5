/** A column: its heading and whether its cells are numbers, which line up on the right. */
export interface Column {
  heading: string;
  right?: boolean;
}

/** Rows as lines of aligned columns, two spaces apart, headings first. Cells must be free of escape sequences. */
export function formatTable(columns: Column[], rows: string[][]): string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.heading.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const format = (cells: string[]): string =>
    columns
      .map((column, index) =>
        column.right === true
          ? (cells[index] ?? '').padStart(widths[index]!)
          : (cells[index] ?? '').padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd();
  return [format(columns.map((column) => column.heading)), ...rows.map(format)];
}
