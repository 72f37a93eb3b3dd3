module.exports = async () => {
  await globalThis.__dovetailTestPostgres?.stop();
};
