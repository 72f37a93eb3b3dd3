import { Injectable } from "@nestjs/common";

/** Tells this process's workers and relay that something was committed; a sweep finds what a lost ring left. */
@Injectable()
export class WorkBell {
  private readonly listeners = new Set<() => void>();

  onRing(listener: () => void): void {
    this.listeners.add(listener);
  }

  ring(): void {
    for (const listener of this.listeners) listener();
  }
}
