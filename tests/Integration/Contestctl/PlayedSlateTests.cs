using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Integration.EndToEnd;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>The command line, as the process an operator starts, on a slate that was really played and paid.</summary>
public sealed class PlayedSlateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Contests_results_payouts_and_the_ledger_of_a_played_slate_are_shown_and_verified()
    {
        await using var run = await SlateRun.Start(
            "test-contestctl", broker: null, Workers.All, new Dictionary<string, string>(), Ct);
        await run.PlayToTheEnd(Ct);
        var told = run.Told;

        foreach (var contest in told.Contests)
        {
            var shown = await run.Ask($"contest show {contest.ContestId}");
            Assert.Equal(ContestStates.Paid, shown.GetProperty("lifecycle").GetProperty("state").GetString());
            Assert.Equal(contest.Settled!.Digest, shown.GetProperty("result").GetProperty("digest").GetString());

            var verdict = await run.Ask($"verify {contest.ContestId}");
            Assert.True(verdict.GetProperty("verified").GetBoolean(), verdict.ToString());
            Assert.Equal(contest.Settled.Digest, verdict.GetProperty("computedDigest").GetString());
        }

        await EveryCentIsExplained(run, told.Contests[0].ContestId);
        await PayoutsAreThoseOfTheDatabase(run, told.Contests[0].ContestId);
        await run.Ask("ledger verify");
        await run.Ask("ledger balance");
        await ANewContestIsPublishedOnce(run);
    }

    private static async Task PayoutsAreThoseOfTheDatabase(SlateRun run, string contestId)
    {
        var expected = (await run.Stage.Database.Payouts(Ct)).Where(p => p.ContestId == contestId).ToDictionary(p => p.PayoutId);
        var listed = (await run.Ask($"payouts list --contest {contestId}")).GetProperty("payouts").EnumerateArray().ToArray();

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal),
            listed.Select(p => p.GetProperty("payoutId").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(listed,
            p => Assert.Equal(
                expected[p.GetProperty("payoutId").GetString()!].AmountMinor, p.GetProperty("amountMinor").GetInt64()));
        Assert.Empty(
            (await run.Ask($"payouts list --contest {contestId} --state failed")).GetProperty("payouts").EnumerateArray());

        var one = expected.Values.First();
        var shown = await run.Ask($"payouts show {one.PayoutId}");
        Assert.Equal("paid", shown.GetProperty("payout").GetProperty("state").GetString());
        Assert.Equal("paid", shown.GetProperty("history").EnumerateArray().Last().GetProperty("state").GetString());
        Assert.NotEmpty(shown.GetProperty("attempts").EnumerateArray().First().GetProperty("idempotencyKey").GetString()!);
    }

    private static async Task EveryCentIsExplained(SlateRun run, string contestId)
    {
        var payout = (await run.Stage.Database.Payouts(Ct)).Where(p => p.ContestId == contestId).MaxBy(p => p.AmountMinor)!;
        var explained = await run.Ask($"explain payout {payout.PayoutId}");

        var entries = explained.GetProperty("entries").EnumerateArray().ToArray();
        Assert.Equal(payout.AmountMinor, entries.Sum(e => e.GetProperty("steps").GetProperty("netMinor").GetInt64()));
        Assert.All(entries,
            e => Assert.Equal(e.GetProperty("publishedDigest").GetString(), e.GetProperty("computedDigest").GetString()));
        var slots = entries[0].GetProperty("slots").EnumerateArray().ToArray();
        Assert.Equal(entries[0].GetProperty("points").GetInt64(), slots.Sum(s => s.GetProperty("points").GetInt64()));
        Assert.Contains(slots, s => s.GetProperty("feed").GetArrayLength() > 0 && s.GetProperty("rules").GetArrayLength() > 0);
        var money = explained.GetProperty("money");
        Assert.NotEmpty(money.GetProperty("attempts").EnumerateArray());
        Assert.Contains(
            money.GetProperty("ledger").EnumerateArray(), l => l.GetProperty("amountMinor").GetInt64() == payout.AmountMinor);

        var entryId = entries[0].GetProperty("entryId").GetString();
        var prize = await run.Ask($"explain prize {entryId} --contest {contestId}");
        Assert.Equal(payout.PayoutId, prize.GetProperty("money").GetProperty("payout").GetProperty("payoutId").GetString());
        var text = await run.Say($"explain entry {entryId} --contest {contestId}", expected: 0);
        Assert.Contains("every step leads to the next", text, StringComparison.Ordinal);
        Assert.Contains("feed.games.v1[", text, StringComparison.Ordinal);
        await run.Say("explain payout none", expected: 1);
        await run.Say($"explain entry none --contest {contestId}", expected: 1);
        await run.Say("explain prize none", expected: 1);
    }

    private static async Task ANewContestIsPublishedOnce(SlateRun run)
    {
        var definition = run.Slate.Definitions[0] with { ContestId = "by-hand", Title = "Made by hand" };
        const string Later = "still-to-come";
        definition = definition with { GameIds = [Later],
            Athletes = [.. definition.Athletes.Select(a => a with { GameId = Later })] };
        var file = run.Stage.Folder.Sub("by-hand.json");
        await File.WriteAllBytesAsync(file, WireJson.Bytes(definition), Ct);

        var first = await run.Ask($"contest create {file} --wait 60");
        var again = await run.Ask($"contest create {file} --wait 60");

        Assert.Equal(CanonicalHash.Of(definition), first.GetProperty("answer").GetProperty("definitionHash").GetString());
        Assert.Equal(first.GetProperty("commandId").GetString(), again.GetProperty("commandId").GetString());
        Assert.Single(new TopicReader(run.Stage.Kafka).Read<ContestPublishedV1>(Ct).Where(p => p.Message.ContestId == "by-hand")
            .DistinctBy(p => p.Envelope.MessageId));

        await File.WriteAllBytesAsync(file, WireJson.Bytes(definition with { MaxEntries = definition.MaxEntries + 1 }), Ct);
        await run.Ask($"contest create {file} --wait 60", expected: 1);
    }
}
