import { sql } from 'kysely';

/**
 * What a lease takes out of its job's money, as an expression of PostgreSQL over columns of `jobs`: reservedWei of
 * priceLease, for sums that only the database knows. The vectors of leasePrices hold it to the contract's wei.
 *
 * @param units an expression of work units: a bigint or numeric
 * @param job the alias of `jobs`
 */
export function reserveSql(units: string, job: string) {
  const payWei = `${units} * ${job}.price_per_unit_wei`;
  return sql.raw<string>(`(${payWei} + div(${payWei} * ${job}.reserve_fee_bps, 10000) * ${job}.verifier_count)`);
}
