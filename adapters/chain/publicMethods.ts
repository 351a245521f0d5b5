/**
 * What a public node lets everybody do: read, and hand in what is signed. Nothing that keeps anything for the caller
 * (filters, subscriptions), nothing that signs with the node's accounts, and nothing of anvil_, evm_, hardhat_, debug_,
 * trace_, txpool_, erigon_, ots_ or personal_.
 */
const PUBLIC_METHODS: ReadonlySet<string> = new Set([
  'eth_accounts',
  'eth_blobBaseFee',
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_createAccessList',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getBlockReceipts',
  'eth_getBlockTransactionCountByHash',
  'eth_getBlockTransactionCountByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getProof',
  'eth_getStorageAt',
  'eth_getTransactionByBlockHashAndIndex',
  'eth_getTransactionByBlockNumberAndIndex',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_sendRawTransaction',
  'eth_syncing',
  'net_listening',
  'net_version',
  'web3_clientVersion',
  'web3_sha3',
]);

/** Whether a local chain passes a JSON-RPC method on for everybody. */
export function isPublicMethod(method: string): boolean {
  return PUBLIC_METHODS.has(method);
}
