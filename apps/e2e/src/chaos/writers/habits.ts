/** How a writer works. */
export interface Habits {
  /** Between two writes, milliseconds on average. */
  everyMs: number;
  /** Share of writes that make something new, from 0 to 1. */
  creations: number;
  /** Only so many records of each entity are changed, again and again; all when absent. */
  hotKeys?: number;
  /** Only so many of the newest records are changed. */
  freshKeys?: number;
}
