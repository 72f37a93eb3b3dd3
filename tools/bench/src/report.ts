import { reaches, shown, type BenchLine } from "./bench-line";

/** Where lines and notes go: lines to the standard output, everything else beside it. */
export class Report {
  readonly missed: BenchLine[] = [];

  constructor(private readonly json: boolean) {}

  line(line: BenchLine): void {
    if (!reaches(line, line.must)) this.missed.push(line);
    console.log(this.json ? JSON.stringify(line) : shown(line));
  }

  note(text: string): void {
    console.error(text);
  }
}
