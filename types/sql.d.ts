/** A migration's text: esbuild and jest load `.sql` files as strings. */
declare module "*.sql" {
  const text: string;
  export default text;
}
