export { messageQueue } from "./adapter";
