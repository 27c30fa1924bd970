using System.Text.Json;
using ContestPipeline.Contracts;

namespace ContestPipeline.Integration.Payout;

/// <summary>What the payout tests ask of their world, in the words of the tests.</summary>
internal static class PayoutChecks
{
    public static async Task GivenReady(this PayoutWorld world, params string[] players)
    {
        foreach (var player in players) await world.GivenAccount(player);
    }

    /// <summary>Paid entries of the contest <c>owed-{currency}</c>.</summary>
    public static async Task GivenOwed(
        this PayoutWorld world, string currency,
        params (string EntryId, long AmountMinor, string? GiveBackReason, long AskedMinor, long RefundedMinor)[] payments)
    {
        foreach (var (entryId, amountMinor, reason, askedMinor, refundedMinor) in payments)
        {
            var state = refundedMinor == 0 ? "paid" : refundedMinor < amountMinor ? "partly_refunded" : "refunded";
            await world.Scalar<object>(
                $"""
                insert into payout.entry_payment
                    (contest_id, entry_id, player_id, player_entry_no, amount_minor, currency, pay_before, state, entry_state, give_back_reason, intent_id, charge_id,
                     refund_asked_minor, refunded_minor, created_at)
                values
                    ('owed-{currency}', '{entryId}', 'p-{entryId}', 1, {amountMinor}, '{currency}', now(), '{state}',
                     '{(reason is null ? "accepted" : "refused")}', {(reason is null ? "null" : $"'{reason}'")}, 'pi_{currency}_{entryId}', 'ch_{currency}_{entryId}',
                     {askedMinor}, {refundedMinor}, now())
                """);
        }
    }

    public static async Task IsPaidOnce(this PayoutWorld world, string contestId)
    {
        Assert.Equal("paid", await world.State(contestId));
        Assert.Equal(1, await world.TransferCount(contestId));
        Assert.Equal(9_700, await world.PaidMinor(contestId));
        Assert.Single(await world.Sent<ContestPaidV1>(), p => p.ContestId == contestId);
        await world.LedgerIsClean();
    }

    public static async Task<long> PaidMinor(this PayoutWorld world, string contestId)
    {
        var atStripe = (await world.OfContest(contestId)).Sum(t => t.GetProperty("amount_minor").GetInt64());
        var inLedger = await world.Scalar<long>(
            $"select coalesce(sum(amount_minor), 0)::bigint from payout.ledger_transfer where contest_id = '{contestId}' and "
                + $"code = 'payout'");
        Assert.Equal(atStripe, inLedger);
        return atStripe;
    }

    public static async Task<int> TransferCount(this PayoutWorld world, string contestId) =>
        (await world.OfContest(contestId)).Count;

    public static async Task<List<JsonElement>> OfContest(this PayoutWorld world, string contestId) =>
        [.. (await world.Transfers()).GetProperty("transfers").EnumerateArray()
            .Where(t => t.GetProperty("metadata").TryGetProperty("contest_id", out var of) && of.GetString() == contestId)];

    public static Task<string?> State(this PayoutWorld world, string contestId) =>
        world.Scalar<string>($"select state from payout.payout where contest_id = '{contestId}'");

    public static Task<string?> Outcomes(this PayoutWorld world, string contestId) => world.Scalar<string>(
        $"select string_agg(a.outcome, ',' order by a.attempt_no) from payout.attempt a join payout.payout p using (payout_id) "
            + $"where p.contest_id = '{contestId}'");

    public static async Task LedgerIsClean(this PayoutWorld world) => Assert.Empty((await world.VerifyLedger()).Faults);
}
