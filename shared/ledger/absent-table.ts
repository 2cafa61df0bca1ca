/** What is said of a table that is not there. */
export const absentTable = (table: string): string => `there is no table ${table} in this region`;

/** DynamoDB's answer; where the table is not there, with its name, which DynamoDB leaves out. */
export async function fromTable<T>(table: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') error.message = absentTable(table);
    throw error;
  }
}
