import type { Wei } from '../../protocol/ids.js';

/** A chain that nobody uses asks for next to nothing until somebody does. */
const LEAST_GAS_PRICE_WEI = 10n ** 7n;

/** The price of gas to reckon with where coins are given for later: what it is now, or the least that it will be. */
export function reckonedGasPrice(nowWei: Wei): Wei {
  return nowWei > LEAST_GAS_PRICE_WEI ? nowWei : LEAST_GAS_PRICE_WEI;
}
