import { BedrockTrayError } from '../../contract/errors.ts';
import type { Bill } from '../bedrock-ports.ts';

/** USD for each request to Cost Explorer (AWS's price list). */
const REQUEST_USD = 0.01;

/** The account's bill, by Cost Explorer. Nobody is asked yet. */
export class BillRoom implements Bill {
  async get(): ReturnType<Bill['get']> {
    throw new BedrockTrayError('ChargeNotAgreed', { usd: REQUEST_USD });
  }
}
