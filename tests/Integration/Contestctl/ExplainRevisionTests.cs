using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Integration.EndToEnd;
using ContestPipeline.Settlement;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>
/// Where a cent comes from after a late correction: payouts of the second revision, and one that shrank before it was paid.
/// </summary>
public sealed class ExplainRevisionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_payout_of_a_revision_and_one_that_a_correction_reduced_are_explained_to_the_cent()
    {
        await using var run = await SlateRun.Start(
            "test-explain", broker: null, Workers.All, new Dictionary<string, string>(), Ct, onePerPolicy: true);
        var resettle = run.Slate.Definitions.Single(d => d.LateCorrectionPolicy == LateCorrectionPolicies.Resettle);
        var (corrected, first, second) = CorrectionThatRaisesAPrize(run, resettle);
        IReadOnlyList<FeedRecord> feed = [.. run.Slate.TrueFeed, .. corrected];
        var waits = Reduced(first, second)!.Value;
        await run.Stage.Stripe.SetTransfers(run.Accounts.ByPlayer[waits.PlayerId], active: false, Ct);

        await run.FillContests(Ct);
        await run.Play(run.Slate.Feed, Ct);
        await Settled(run, revisions: 3);
        await run.Play(corrected, Ct);
        await Settled(run, revisions: 5);

        foreach (var definition in run.Slate.Definitions.Where(d => d.LateCorrectionPolicy != LateCorrectionPolicies.Freeze))
            await WhatTheRevisionAddsIsExplained(run, definition, feed);
        await TheReducedPayoutIsExplained(run, resettle.ContestId, waits);
    }

    /// <summary>Everything is paid but what waits for an account.</summary>
    private static Task Settled(SlateRun run, int revisions) => run.Wait.Until(
        $"{revisions} revisions are settled and paid as far as accounts are ready",
        async () => await run.Figure("select count(*) from payout.contest where completed_at is not null", Ct) == revisions
            && await run.Figure(
                "select count(*) from payout.payout where state not in ('paid', 'reversed', 'rejected', 'awaiting_account')", Ct)
                == 0
            && await run.Figure("select count(*) from payout.reduction_part where outcome in ('open', 'asked')", Ct) == 0,
            run.Explain, Ct);

    private static async Task TheReducedPayoutIsExplained(
        SlateRun run, string contestId, (string PlayerId, string EntryId, long FirstMinor, long LessMinor) waits)
    {
        var payouts = await Payouts(run, contestId, revision: 1, waits.PlayerId);
        Assert.Equal([waits.FirstMinor, waits.FirstMinor - waits.LessMinor], payouts.Select(p => p.AmountMinor));
        foreach (var payout in payouts)
        {
            var money = (await run.Ask($"explain payout {payout.PayoutId}")).GetProperty("money");
            var chain = money.GetProperty("chain").EnumerateArray().ToArray();
            Assert.Equal(payouts.Select(p => p.PayoutId), chain.Select(c => Text(c, "payoutId")));
            Assert.Equal((waits.EntryId, "correction", waits.LessMinor),
                (Text(chain[0], "entryId"), Text(chain[0], "cause"), Minor(chain[0], "takenMinor")));
            Assert.Equal(waits.FirstMinor, money.GetProperty("awarded").EnumerateArray().Sum(a => Minor(a, "netMinor")));
        }

        var text = await run.Say($"explain entry {waits.EntryId} --contest {contestId}", expected: 0);
        Assert.Contains($"payout {payouts[1].PayoutId}: ", text, StringComparison.Ordinal);
        Assert.Contains($"taken out of {waits.EntryId}: ", text, StringComparison.Ordinal);
        Assert.Contains("by a correction: the result was corrected (revision 2)", text, StringComparison.Ordinal);
        Assert.Contains("every step leads to the next", text, StringComparison.Ordinal);
    }

    /// <summary>For a winner whose prize rose: the payout of the revision is the difference, and not the prize.</summary>
    private static async Task WhatTheRevisionAddsIsExplained(
        SlateRun run, ContestDefinitionV1 definition, IReadOnlyList<FeedRecord> feed)
    {
        var (first, second) = Results(run, definition, feed);
        var entry = second.Result.Awards.Winners.First(w => first.Awards.GrossMinor[w] > 0);
        var (entryId, player) = (first.Entries.EntryIds[entry], first.Entries.PlayerOf[entry]);
        var payout = Assert.Single(await Payouts(run, definition.ContestId, revision: 2, first.Entries.Players[player]));

        var explained = await run.Ask($"explain payout {payout.PayoutId}");
        var awarded = explained.GetProperty("money").GetProperty("awarded").EnumerateArray().ToArray();
        Assert.Equal(payout.AmountMinor, awarded.Sum(a => Minor(a, "netMinor")));
        var shown = Assert.Single(awarded, a => Text(a, "entryId") == entryId);
        Assert.Equal(
            (first.Awards.GrossMinor[entry], second.Result.Awards.GrossMinor[entry], second.Result.Awards.FeeMinor[entry]),
            (Minor(shown, "awardedBeforeMinor"), Minor(shown, "moreMinor"), Minor(shown, "feeMinor")));
        Assert.Equal(Minor(shown, "prizeMinor"), Minor(shown, "awardedBeforeMinor") + Minor(shown, "moreMinor"));

        var text = await run.Say($"explain entry {entryId} --contest {definition.ContestId} --revision 2", expected: 0);
        Assert.Contains("awarded before revision 2 ", text, StringComparison.Ordinal);

        var verdict = await run.Ask($"verify {definition.ContestId}");
        Assert.Equal(2, verdict.GetProperty("revision").GetInt32());
        Assert.Empty(verdict.GetProperty("differences").EnumerateArray());
        Assert.Empty(verdict.GetProperty("notCompared").EnumerateArray());
    }

    /// <summary>The largest first: what was left of one comes after it.</summary>
    private static async Task<IReadOnlyList<(string PayoutId, long AmountMinor)>> Payouts(
        SlateRun run, string contestId, int revision, string playerId) =>
    [
        .. (await run.Ask($"payouts list --contest {contestId} --player {playerId}")).GetProperty("payouts").EnumerateArray()
            .Where(p => p.GetProperty("revision").GetInt32() == revision)
            .Select(p => (PayoutId: Text(p, "payoutId")!, AmountMinor: Minor(p, "amountMinor")))
            .OrderByDescending(p => p.AmountMinor),
    ];

    /// <summary>One that gives more to an entry that has won already, and takes from a player who keeps something.</summary>
    private static (IReadOnlyList<FeedRecord> Corrected, SettlementResult First, Correction Second) CorrectionThatRaisesAPrize(
        SlateRun run, ContestDefinitionV1 definition) =>
        Enumerable.Range(0, 1_000).Select(which => LateCorrectionTests.Correct(run.Slate, which)).Select(corrected =>
        {
            var (first, second) = Results(run, definition, [.. run.Slate.TrueFeed, .. corrected]);
            return (corrected, first, second);
        }).First(c => c.second.Result.Awards.Winners.Any(w => c.first.Awards.GrossMinor[w] > 0)
            && Reduced(c.first, c.second) is not null);

    private static (SettlementResult First, Correction Second) Results(
        SlateRun run, ContestDefinitionV1 definition, IReadOnlyList<FeedRecord> feed)
    {
        var first = run.Slate.Expected.Single(r => r.ContestId == definition.ContestId);
        var awarded = first.Awards.Winners.ToDictionary(w => first.Entries.EntryIds[w], w => first.Awards.GrossMinor[w]);
        return (first, CorrectAwards.Of(run.Slate.Settle(definition, feed, revision: 2), definition, awarded));
    }

    /// <summary>A player of whose prizes the correction reduces one, and leaves something.</summary>
    private static (string PlayerId, string EntryId, long FirstMinor, long LessMinor)? Reduced(
        SettlementResult first, Correction second) =>
        second.Reductions.Winners.GroupBy(w => first.Entries.PlayerOf[w]).Where(own => own.Count() == 1)
            .Select(own => (
                PlayerId: first.Entries.Players[own.Key], EntryId: first.Entries.EntryIds[own.Single()],
                FirstMinor: first.Awards.Winners.Where(w => first.Entries.PlayerOf[w] == own.Key).Sum(w => Net(first.Awards, w)),
                LessMinor: Net(second.Reductions, own.Single())))
            .Where(p => p.LessMinor > 0 && p.LessMinor < p.FirstMinor).Cast<(string, string, long, long)?>().FirstOrDefault();

    private static long Net(Awards awards, int entry) => awards.GrossMinor[entry] - awards.FeeMinor[entry];

    private static string? Text(JsonElement of, string member) => of.GetProperty(member).GetString();

    private static long Minor(JsonElement of, string member) => of.GetProperty(member).GetInt64();
}
