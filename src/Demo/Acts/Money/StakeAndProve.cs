using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Demo;

/// <summary>
/// A challenge from the first deposit to the winnings in the wallets: eight players deposit, stake, hand in proofs with pictures,
/// judge each other; a referee decides against one, and two forfeit.
/// </summary>
public sealed class StakeAndProve : IAct
{
    private const string Referee = "olga";

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var wallets = new Wallets(context);
        await Task.WhenAll(Enumerable.Range(1, StakedChallenge.Players).Select(n =>
            wallets.Deposit(StakedChallenge.PlayerId(n), StakedChallenge.DepositMinor, ct)));
        var definition = StakedChallenge.Definition(context.Clock.GetUtcNow());
        await context.Producer.Publish(new CreateContestV1($"create/{definition.ContestId}", definition.ContestId, definition,
            IssuedBy: "demo"));
        await Task.WhenAll(Enumerable.Range(1, StakedChallenge.Players).Select(n => context.Producer.Publish(new SubmitEntryV1(
            $"join/{StakedChallenge.EntryId(n)}", StakedChallenge.Id, StakedChallenge.EntryId(n), StakedChallenge.PlayerId(n),
            []))));
        await context.Until("eight have staked out of their wallets",
            told => told.Challenge?.Accepted == StakedChallenge.Players, ct);
        context.Say(
            $"challenge: {StakedChallenge.Players} players deposited {Figures.Usd(StakedChallenge.DepositMinor)} each and staked "
                + $"{Figures.Usd(StakedChallenge.StakeMinor)} out of it");

        await context.Until("the challenge has begun", told => told.Challenge?.Lifecycle?.State == ContestStates.Live, ct);
        foreach (var n in Enumerable.Range(1, StakedChallenge.Cheat)) await HandIn(context, n, ct);
        foreach (var n in Enumerable.Range(1, StakedChallenge.Cheat))
        {
            foreach (var voter in StakedChallenge.VotersOn(n))
                await context.Producer.Publish(new VoteV1(
                    $"vote/{StakedChallenge.EntryId(n)}/{voter}", StakedChallenge.Id, StakedChallenge.EntryId(n), 1, 1,
                    StakedChallenge.PlayerId(voter), Approve: true));
        }

        await context.Until("every proof has passed",
            told => told.Proofs.Values.Count(p => p.Outcome == ProofOutcomes.Passed) == StakedChallenge.Cheat, ct);
        await Rule(context, ct);
        await Ends(context, wallets, ct);
    }

    /// <summary>The picture goes to the store, its receipt into the proof.</summary>
    private static async Task HandIn(DemoContext context, int n, CancellationToken ct)
    {
        PayoutReply kept = default;
        await context.Until($"the picture of {StakedChallenge.PlayerId(n)} is kept", async () =>
        {
            kept = await context.Environment.Payout.Put($"/v1/challenges/{StakedChallenge.Id}/files",
                StakedChallenge.Picture(n), "image/png", StakedChallenge.PlayerId(n), ApiRole.Player, ct);
            return kept.IsWell;
        }, ct);
        var file = new ProofFileV1(
            kept.Body.GetProperty("sha256").GetString()!, kept.Body.GetProperty("mediaType").GetString()!,
            kept.Body.GetProperty("bytes").GetInt64());
        await context.Producer.Publish(new SubmitProofV1(
            $"prove/{StakedChallenge.EntryId(n)}", StakedChallenge.Id, StakedChallenge.EntryId(n), StakedChallenge.PlayerId(n), 1,
            "ran on thirty days", [file], [kept.Body.GetProperty("receipt").GetString()!]));
    }

    private static async Task Rule(DemoContext context, CancellationToken ct)
    {
        var entry = StakedChallenge.EntryId(StakedChallenge.Cheat);
        await context.Producer.Publish(new DecideProofV1(
            $"decide/{entry}", StakedChallenge.Id, entry, 1, ProofOutcomes.Failed, "the picture is of somebody else", Referee));
        await context.Until("the referee has decided against one",
            told => told.Proofs.GetValueOrDefault($"{entry}/1") is { Outcome: ProofOutcomes.Failed, By: ProofDeciders.Referee },
            ct);
        context.Say(
            $"challenge: {StakedChallenge.Cheat} handed in proofs with pictures and judged each other; the referee decided "
                + $"against {StakedChallenge.PlayerId(StakedChallenge.Cheat)}; "
                + $"{StakedChallenge.Players - StakedChallenge.Cheat} handed in nothing");
    }

    private static async Task Ends(DemoContext context, Wallets wallets, CancellationToken ct)
    {
        await context.Until("the challenge is paid", told => told.Challenge?.Lifecycle?.State == ContestStates.Paid, ct);
        var challenge = context.Told.Challenge!;
        var won = challenge.Awards.Values.SelectMany(a => a.Players).ToDictionary(p => p.PlayerId, p => p.NetMinor);
        context.Check(won.Count == StakedChallenge.Runners, $"{won.Count} players passed the challenge");
        for (var n = 1; n <= StakedChallenge.Players; n++)
        {
            var player = StakedChallenge.PlayerId(n);
            var expected = StakedChallenge.DepositMinor - StakedChallenge.StakeMinor + won.GetValueOrDefault(player);
            var (available, staked) = await wallets.Balance(player, ct);
            context.Check((available, staked) == (expected, 0),
                $"the wallet of {player} holds {available} and {staked} at stake, expected {expected}");
        }

        var settled = challenge.Settled!;
        context.Check(
            settled.EntryFeesMinor
                == settled.RakeMinor + settled.PlatformFeesMinor + won.Values.Sum() + settled.HouseRemainderMinor,
            $"stakes of {settled.EntryFeesMinor} are not what was paid of them");
        context.Say(
            $"challenge: {won.Count} passed and have their stakes and a share of what 3 forfeited in their wallets, "
                + $"{Figures.Usd(won.Values.Sum())} together; the platform has {Figures.Usd(settled.RakeMinor)} and fees of "
                + $"{Figures.Usd(settled.PlatformFeesMinor)}");
    }
}
