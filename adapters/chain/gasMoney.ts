/** What an account of a local network has at least to pay gas with, in wei of the chain's own coin. */
export const GAS_MONEY_WEI = 1_000_000n * 10n ** 18n;

/**
 * A local chain's method of its own: tops an account up to the gas money, never takes anything away. Open to everybody,
 * as the test token's faucet is.
 */
export const FUND_GAS_METHOD = 'rushes_fundGas';
