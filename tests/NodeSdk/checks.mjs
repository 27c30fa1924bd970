// Every operation the product uses, made with Stripe's own Node SDK against a simulator that listens at the address given as the first argument.
// Prints one line a check, "ok NAME" or "failed NAME: why", and at the end "done".
import assert from 'node:assert/strict';
import http from 'node:http';
import Stripe from 'stripe';

const base = new URL(process.argv[2]);
const client = (key = 'sk_test_1', more = {}) => new Stripe(key, {
  host: base.hostname, port: Number(base.port), protocol: 'http', maxNetworkRetries: 0, telemetry: false, ...more,
});
const stripe = client();

const admin = async (path, body = {}) => {
  const answer = await fetch(new URL(`/_admin/${path}`, base), { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
};
const refused = async (work, type, code) => {
  const error = await work().then(() => assert.fail('it was not refused'), (failure) => failure);
  assert.ok(error instanceof Stripe.errors[type], `${error.constructor.name}: ${error.message}`);
  if (code) assert.equal(error.code, code);
  return error;
};
const intent = (amount = 1000, more = {}) =>
  stripe.paymentIntents.create({ amount, currency: 'usd', automatic_payment_methods: { enabled: true, allow_redirects: 'never' }, ...more });
const paid = async (amount = 1000, method = 'pm_card_bypassPending') =>
  stripe.paymentIntents.confirm((await intent(amount)).id, { payment_method: method });
const winner = async () => {
  const account = await stripe.accounts.create({
    country: 'US', email: 'winner@example.com', metadata: { player_id: 'p1' }, capabilities: { transfers: { requested: true } },
    controller: {
      fees: { payer: 'application' }, losses: { payments: 'application' }, requirement_collection: 'stripe', stripe_dashboard: { type: 'express' },
    },
  });
  await admin(`accounts/${account.id}/onboarding`);
  return account;
};
const transfer = (destination, amount = 100, options = {}, group = 'payout-1') =>
  stripe.transfers.create({ amount, currency: 'usd', destination, transfer_group: group, metadata: { payout_id: group } }, options);

const checks = {
  'a payment': async () => {
    const made = await intent(1000, { metadata: { entry_id: 'e1' }, transfer_group: 'contest-1', description: 'Entry & fee' });
    assert.equal(made.status, 'requires_payment_method');
    assert.deepEqual(made.metadata, { entry_id: 'e1' });
    const { status, body } = await admin(`payment_intents/${made.client_secret}/pay`, { payment_method: 'pm_card_visa' });
    assert.deepEqual([status, body.status], [200, 'succeeded']);
    const read = await stripe.paymentIntents.retrieve(made.id, { expand: ['latest_charge.balance_transaction'] });
    assert.equal(read.amount_received, 1000);
    assert.equal(read.latest_charge.balance_transaction.fee, 59);
    assert.equal(read.latest_charge.payment_intent, made.id);
    assert.equal((await stripe.charges.list({ payment_intent: made.id })).data[0].id, read.latest_charge.id);
    assert.equal((await stripe.paymentIntents.list({ limit: 1 })).data[0].id, made.id);
    const found = await stripe.paymentIntents.search({ query: `amount:${made.amount} AND status:"succeeded"`, limit: 1, expand: ['total_count'] });
    assert.deepEqual([found.object, found.data[0].id, found.total_count >= 1], ['search_result', made.id, true]);
  },
  'a declined card': async () => {
    const made = await intent();
    const error = await refused(
      () => stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' }), 'StripeCardError', 'card_declined');
    assert.deepEqual([error.decline_code, error.statusCode, error.payment_intent.id], ['insufficient_funds', 402, made.id]);
    assert.equal((await stripe.paymentIntents.retrieve(made.id)).last_payment_error.decline_code, 'insufficient_funds');
  },
  'a canceled payment': async () => {
    const made = await intent();
    assert.equal((await stripe.paymentIntents.update(made.id, { metadata: { note: 'x' } })).metadata.note, 'x');
    assert.equal((await stripe.paymentIntents.cancel(made.id, { cancellation_reason: 'abandoned' })).status, 'canceled');
    await refused(() => stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa' }), 'StripeInvalidRequestError', 'payment_intent_unexpected_state');
  },
  'a refund': async () => {
    const made = await paid();
    const refund = await stripe.refunds.create({ payment_intent: made.id, amount: 400, reason: 'requested_by_customer', metadata: { entry_id: 'e1' } });
    assert.deepEqual([refund.status, refund.amount, refund.charge], ['succeeded', 400, made.latest_charge]);
    await refused(() => stripe.refunds.create({ payment_intent: made.id, amount: 601 }), 'StripeInvalidRequestError');
    await stripe.refunds.create({ charge: made.latest_charge });
    await refused(() => stripe.refunds.create({ charge: made.latest_charge }), 'StripeInvalidRequestError', 'charge_already_refunded');
    assert.equal((await stripe.refunds.retrieve(refund.id)).id, refund.id);
    assert.equal((await stripe.refunds.list({ payment_intent: made.id })).data.length, 2);
    assert.equal((await stripe.charges.retrieve(made.latest_charge)).refunded, true);
  },
  'a dispute': async () => {
    const made = await paid();
    const { body } = await admin('disputes', { charge: made.latest_charge });
    const dispute = await stripe.disputes.retrieve(body.id);
    assert.deepEqual([dispute.status, dispute.balance_transactions[0].fee, dispute.payment_intent], ['needs_response', 1500, made.id]);
    await admin(`disputes/${body.id}/close`, { outcome: 'won' });
    assert.equal((await stripe.disputes.list({ charge: made.latest_charge })).data[0].status, 'won');
    const lost = await admin('disputes', { charge: (await paid()).latest_charge });
    assert.equal((await stripe.disputes.close(lost.body.id)).status, 'lost');
  },
  'an early fraud warning': async () => {
    const made = await paid(1000, 'pm_card_createIssuerFraudRecord');
    const [warning] = (await stripe.radar.earlyFraudWarnings.list({ charge: made.latest_charge })).data;
    assert.equal((await stripe.radar.earlyFraudWarnings.retrieve(warning.id)).actionable, true);
  },
  'an account and its links': async () => {
    const account = await winner();
    const read = await stripe.accounts.retrieve(account.id);
    assert.deepEqual([read.capabilities.transfers, read.payouts_enabled, read.requirements.currently_due], ['active', true, []]);
    assert.equal((await stripe.accounts.update(account.id, { metadata: { region: 'us' } })).metadata.region, 'us');
    const link = await stripe.accountLinks.create({
      account: account.id, type: 'account_onboarding', refresh_url: 'https://platform.example/again', return_url: 'https://platform.example/back',
    });
    assert.equal(link.expires_at - link.created, 300);
    const visits = [await fetch(link.url, { redirect: 'manual' }), await fetch(link.url, { redirect: 'manual' })];
    assert.deepEqual(visits.map((visit) => visit.status), [200, 303]);
    assert.equal((await stripe.accounts.createLoginLink(account.id)).object, 'login_link');
    assert.ok((await stripe.accounts.list({ limit: 1 })).data.length === 1);
    assert.equal((await stripe.accounts.reject(account.id, { reason: 'fraud_other' })).requirements.disabled_reason, 'rejected.fraud');
    assert.equal((await stripe.accounts.del(account.id)).deleted, true);
    await refused(() => stripe.accounts.retrieve(account.id), 'StripePermissionError', 'account_invalid');
  },
  'a transfer and its reversal': async () => {
    const { id } = await winner();
    const made = await transfer(id, 500, { idempotencyKey: 'node-transfer' });
    const again = await transfer(id, 500, { idempotencyKey: 'node-transfer' });
    assert.equal(again.id, made.id);
    assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
    await refused(() => transfer(id, 501, { idempotencyKey: 'node-transfer' }), 'StripeIdempotencyError');
    const reversal = await stripe.transfers.createReversal(made.id, { amount: 200 });
    assert.equal((await stripe.transfers.retrieveReversal(made.id, reversal.id)).amount, 200);
    assert.equal((await stripe.transfers.listReversals(made.id)).data.length, 1);
    assert.equal((await stripe.transfers.retrieve(made.id)).amount_reversed, 200);
    await refused(() => transfer(id, 99_000_000), 'StripeInvalidRequestError', 'balance_insufficient');
    await refused(() => transfer('acct_nobody'), 'StripeInvalidRequestError', 'resource_missing');
  },
  'all pages': async () => {
    const { id } = await winner();
    for (let n = 1; n <= 25; n++) await transfer(id, n, {}, 'pages');
    const amounts = [];
    for await (const item of stripe.transfers.list({ destination: id, limit: 10 })) amounts.push(item.amount);
    assert.deepEqual(amounts, Array.from({ length: 25 }, (_, n) => 25 - n));
    assert.equal((await stripe.transfers.list({ transfer_group: 'pages', limit: 100 }).autoPagingToArray({ limit: 1000 })).length, 25);
  },
  'a bank payout': async () => {
    const { id } = await winner();
    await transfer(id, 700);
    const inName = { stripeAccount: id };
    const { body } = await admin(`accounts/${id}/payouts`);
    await admin(`payouts/${body.id}/paid`);
    assert.equal((await stripe.payouts.retrieve(body.id, {}, inName)).status, 'paid');
    await admin(`payouts/${body.id}/failed`, { failure_code: 'account_closed' });
    assert.equal((await stripe.payouts.list({ status: 'failed' }, inName)).data[0].failure_code, 'account_closed');
    assert.equal((await stripe.balance.retrieve({}, inName)).available[0].amount, 700);
    assert.deepEqual((await stripe.payouts.list()).data, []);
    const types = (await stripe.events.list({ types: ['payout.paid', 'payout.failed'] }, inName)).data.map((happened) => [happened.type, happened.account]);
    assert.deepEqual(types, [['payout.failed', id], ['payout.paid', id]]);
  },
  'a kept card': async () => {
    const customer = await stripe.customers.create({ email: 'player@example.com', metadata: { player_id: 'p1' } });
    const setup = await stripe.setupIntents.create({ customer: customer.id, payment_method: 'pm_card_visa', confirm: true,
      usage: 'off_session', automatic_payment_methods: { enabled: true, allow_redirects: 'never' } });
    assert.equal(setup.status, 'succeeded');
    const charge = (payment_method) => stripe.paymentIntents.create({
      amount: 900, currency: 'usd', customer: customer.id, payment_method, off_session: true, confirm: true });
    assert.equal((await charge(setup.payment_method)).status, 'succeeded');
    assert.deepEqual((await stripe.customers.listPaymentMethods(customer.id)).data.map((kept) => kept.id), [setup.payment_method]);
    const asks = await stripe.paymentMethods.attach('pm_card_authenticationRequired', { customer: customer.id });
    const error = await refused(() => charge(asks.id), 'StripeCardError', 'authentication_required');
    assert.equal(error.payment_intent.last_payment_error.decline_code, 'authentication_required');
    await refused(() => stripe.setupIntents.create({ customer: customer.id, payment_method: 'pm_card_chargeDeclined', confirm: true }),
      'StripeCardError', 'card_declined');
    assert.equal((await stripe.paymentMethods.list({ customer: customer.id, type: 'card' })).data.length, 2);
    assert.equal((await stripe.paymentMethods.detach(asks.id)).customer, null);
    const waiting = await stripe.setupIntents.create({ customer: customer.id });
    assert.equal((await stripe.setupIntents.update(waiting.id, { description: 'x' })).description, 'x');
    assert.equal((await stripe.setupIntents.cancel(waiting.id)).status, 'canceled');
    assert.equal((await stripe.setupIntents.list({ customer: customer.id, limit: 1 })).data[0].id, waiting.id);
    const made = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    assert.equal((await stripe.paymentMethods.update(made.id, { metadata: { a: 'b' } })).metadata.a, 'b');
    assert.equal((await stripe.paymentMethods.retrieve(made.id)).id, made.id);
    assert.equal((await stripe.customers.update(customer.id, { name: 'P' })).name, 'P');
    assert.equal((await stripe.customers.list({ email: 'player@example.com' })).data[0].id, customer.id);
    assert.equal((await stripe.customers.del(customer.id)).deleted, true);
    await refused(() => stripe.customers.retrieve(customer.id), 'StripeInvalidRequestError', 'resource_missing');
  },
  'the parts of an account, and a payout asked for in its name': async () => {
    const { id } = await winner();
    await transfer(id, 600);
    assert.equal((await stripe.accounts.listCapabilities(id)).data[0].status, 'active');
    assert.equal((await stripe.accounts.retrieveCapability(id, 'transfers')).id, 'transfers');
    const [bank] = (await stripe.accounts.listExternalAccounts(id, { object: 'bank_account' })).data;
    assert.equal((await stripe.accounts.retrieveExternalAccount(id, bank.id)).object, 'bank_account');
    assert.equal((await stripe.accounts.listPersons(id)).data.length, 1);
    const inName = { stripeAccount: id };
    const payout = await stripe.payouts.create({ amount: 200, currency: 'usd', metadata: { a: 'b' } }, inName);
    assert.deepEqual([payout.automatic, payout.metadata.a], [false, 'b']);
    assert.equal((await stripe.payouts.cancel(payout.id, {}, inName)).status, 'canceled');
  },
  'the balance and its movements': async () => {
    const before = (await stripe.balance.retrieve()).available[0].amount;
    const topup = await stripe.topups.create({ amount: 5000, currency: 'usd', description: 'Prizes' });
    assert.equal((await stripe.balance.retrieve()).available[0].amount, before + 5000);
    const [movement] = (await stripe.balanceTransactions.list({ source: topup.id, created: { gte: topup.created } })).data;
    assert.deepEqual([movement.type, movement.net, movement.reporting_category], ['topup', 5000, 'topup']);
    assert.equal((await stripe.balanceTransactions.retrieve(movement.id)).source, topup.id);
    assert.ok((await stripe.balanceTransactions.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })).length > 10);
  },
  'events': async () => {
    const made = await paid();
    const [happened] = (await stripe.events.list({ type: 'payment_intent.succeeded', limit: 1 })).data;
    assert.deepEqual([happened.data.object.id, happened.api_version], [made.id, Stripe.API_VERSION ?? stripe.getApiField('version')]);
    assert.equal((await stripe.events.retrieve(happened.id)).type, 'payment_intent.succeeded');
  },
  'a delivered webhook': async () => {
    const received = [];
    let answer = 500;
    const server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (part) => { body += part; });
      request.on('end', () => { received.push([body, request.headers['stripe-signature']]); response.writeHead(answer); response.end(); answer = 200; });
    });
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    try {
      await admin('webhooks', { retry_first_ms: 10 });
      const url = `http://127.0.0.1:${server.address().port}/hooks`;
      const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['topup.succeeded'], api_version: '2026-10-28.endive', metadata: { a: 'b' } });
      const topup = await stripe.topups.create({ amount: 100, currency: 'usd' });
      for (let n = 0; received.length < 2 && n < 500; n++) await new Promise((resolve) => { setTimeout(resolve, 20); });
      assert.equal(received.length, 2, 'a delivery that was answered with 500 comes again');
      for (const [body, signature] of received) {
        const happened = stripe.webhooks.constructEvent(body, signature, endpoint.secret);
        assert.deepEqual([happened.type, happened.data.object.id], ['topup.succeeded', topup.id]);
        assert.throws(() => stripe.webhooks.constructEvent(`${body} `, signature, endpoint.secret), Stripe.errors.StripeSignatureVerificationError);
        assert.throws(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other'), Stripe.errors.StripeSignatureVerificationError);
      }
      assert.equal((await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).status, 'disabled');
      assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret, undefined);
      assert.equal((await stripe.webhookEndpoints.list()).data.length, 1);
      assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
  'errors of transport': async () => {
    const { id } = await winner();
    await refused(() => client('sk_live_1').balance.retrieve(), 'StripeAuthenticationError');
    await refused(() => stripe.transfers.create({ currency: 'usd', destination: id, amount: 'ten' }), 'StripeInvalidRequestError', 'parameter_invalid_integer');
    await refused(() => stripe.balance.retrieve({}, { stripeAccount: 'acct_nobody' }), 'StripePermissionError', 'account_invalid');
    for (const [kind, type] of [['429', 'StripeRateLimitError'], ['500-rolled-back', 'StripeAPIError'], ['timeout-before', 'StripeConnectionError']]) {
      // The SDK sends once more by itself when a connection was closed on it.
      await admin('faults', { kind, endpoint: 'refunds.create', count: kind === 'timeout-before' ? 2 : 1 });
      await refused(() => stripe.refunds.create({ charge: 'ch_1' }), type);
    }
    await admin('faults', { kind: 'timeout-after', endpoint: 'payment_intents.create' });
    const made = await client('sk_test_1', { maxNetworkRetries: 2 })
      .paymentIntents.create({ amount: 777, currency: 'usd' }, { idempotencyKey: 'node-retry' });
    const listed = await stripe.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
    assert.deepEqual(listed.filter((item) => item.amount === 777).map((item) => item.id), [made.id]);
  },
};

await admin('limits', { endpoint_per_second_max: 0, global_per_second_max: 0 });
await admin('funds', { amount_minor: 1_000_000 });
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (failure) {
    console.log(`failed ${name}: ${String(failure.stack).replaceAll('\n', ' | ')}`);
  }
}
console.log('done');
