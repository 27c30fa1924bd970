using System.Net;
using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Demo;
using ContestPipeline.Payout.Http;
using Dapper;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.EndToEnd;

/// <summary>Challenges from their creation to the last cent, through all four workers and the simulated Stripe.</summary>
public sealed class ChallengeEndToEndTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_challenge_staked_by_card_is_paid_out_and_what_was_forfeited_stands_in_the_ledger_by_that_name()
    {
        const string id = "twenty-runs";
        await using var run = await ChallengeRun.Start("test-challenge", players: 4, Ct);
        await run.Stage.Stripe.Fund(100_000, Ct);
        await run.Create(ChallengeRun.Challenge(
            id, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(15), StakeFunding.Card, PrizeTargets.Transfer), Ct);
        for (var player = 1; player <= 4; player++) await run.Join(id, player);
        await PayByCard(run, 4);
        await run.Until("four take part", () => run.Of(id)?.Accepted == 4, Ct);

        await run.Reaches(id, ContestStates.Live, Ct);
        for (var player = 1; player <= 3; player++) await run.Prove(id, player);
        await run.Vote(id, 1, 2, approve: true);
        await run.Vote(id, 1, 3, approve: true);
        await run.Vote(id, 2, 1, approve: true);
        await run.Vote(id, 2, 3, approve: true);
        await run.Vote(id, 3, 1, approve: false);
        await run.Reaches(id, ContestStates.Paid, Ct);
        await run.Until("nothing is left to do", () => run.Crew.IsAtRest(Ct), Ct);

        // Two of four forfeit 1,000 each: a fifth is the platform's, the others share 1,600, less 3 % of that.
        Assert.Empty(run.Told.Refused);
        Assert.Equal([("player-001", 1_776L), ("player-002", 1_776L)],
            run.Told.Payouts.Select(p => (p.PlayerId, p.AmountMinor)).Order());
        Assert.Equal([1_776L, 1_776L], (await run.Stage.Stripe.Transfers(Ct)).Select(t => t.AmountMinor));
        var ledger = await run.Stage.Database.VerifyLedger(Ct);
        Assert.True(ledger.Clean, string.Join('\n', ledger.Faults));
        Assert.Equal([("award", 3_600L), ("entry-fees", 3_600L), ("forfeits", 400L), ("payout", 3_552L), ("platform-fee", 48L)],
            await Lines(run, id));
        await TheStakeIsNoWinnings(run);
    }

    [Fact]
    public async Task A_challenge_staked_out_of_wallets_pays_into_them_and_who_holds_too_little_is_told_what_is_missing()
    {
        const string id = "from-wallets";
        await using var run = await ChallengeRun.Start("test-wallets", players: 0, Ct);
        for (var player = 1; player <= 4; player++) await Deposit(run, player, player == 4 ? 900 : 2_000);
        await run.Create(ChallengeRun.Challenge(
            id, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(12), StakeFunding.Wallet, PrizeTargets.Wallet), Ct);
        for (var player = 1; player <= 4; player++) await run.Join(id, player);
        await run.Until("three take part and one does not",
            () => run.Of(id)?.Accepted == 3 && run.Told.EntriesRefused.Any(r => r.ContestId == id), Ct);
        Assert.Equal("the wallet holds 900 usd minor units, 100 are missing for the stake of 1000",
            Assert.Single(run.Told.EntriesRefused).Message);
        Assert.Equal((1_000L, 1_000L), await Wallet(run, 1));

        await run.Reaches(id, ContestStates.Live, Ct);
        for (var player = 1; player <= 2; player++) await run.Prove(id, player);
        await run.Vote(id, 1, 2, approve: true);
        await run.Vote(id, 1, 3, approve: true);
        await run.Vote(id, 2, 1, approve: true);
        await run.Vote(id, 2, 3, approve: true);
        await run.Reaches(id, ContestStates.Paid, Ct);
        await run.Until("nothing is left to do", () => run.Crew.IsAtRest(Ct), Ct);

        // One of three forfeits 1,000: a fifth is the platform's, two share 800, less 3 % of that.
        Assert.Equal([(2_388L, 0L), (2_388L, 0L), (1_000L, 0L), (900L, 0L)],
            [await Wallet(run, 1), await Wallet(run, 2), await Wallet(run, 3), await Wallet(run, 4)]);
        Assert.Empty(await run.Stage.Stripe.Transfers(Ct));
        var ledger = await run.Stage.Database.VerifyLedger(Ct);
        Assert.True(ledger.Clean, string.Join('\n', ledger.Faults));
    }

    [Fact]
    public async Task A_referee_who_takes_no_part_reverses_at_the_command_line_what_votes_have_decided()
    {
        const string id = "refereed";
        await using var run = await ChallengeRun.Start("test-referee", players: 0, Ct);
        for (var player = 1; player <= 3; player++) await Deposit(run, player, 2_000);
        await run.Create(ChallengeRun.Challenge(
            id, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15), StakeFunding.Wallet, PrizeTargets.Wallet), Ct);
        for (var player = 1; player <= 3; player++) await run.Join(id, player);
        await run.Until("three take part", () => run.Of(id)?.Accepted == 3, Ct);
        await run.Reaches(id, ContestStates.Live, Ct);
        for (var player = 1; player <= 2; player++) await run.Prove(id, player);
        foreach (var (player, voter) in new[] { (1, 2), (1, 3), (2, 1), (2, 3) })
            await run.Vote(id, player, voter, approve: true);
        await run.Until("both proofs have passed",
            () => run.Told.Proofs.Values.Count(p => p.Outcome == ProofOutcomes.Passed) == 2, Ct);

        string[] ruling =
            ["contest", "decide-proof", id, $"{id}-e2", "1", "--outcome", "failed", "--reason", "another's picture"];
        Assert.Equal(ExitCodes.Usage, await Contestctl(run, null, ruling));
        Assert.Equal(ExitCodes.CheckFailed, await Contestctl(run, "player-003", ruling));
        Assert.Equal(ExitCodes.Success, await Contestctl(run, "rita", ruling));
        Assert.Equal(ExitCodes.Success, await Contestctl(run, "rita", ruling));
        await run.Reaches(id, ContestStates.Paid, Ct);
        await run.Until("nothing is left to do", () => run.Crew.IsAtRest(Ct), Ct);

        Assert.Equal("referee-takes-part", Assert.Single(run.Told.Refused).ReasonCode);
        Assert.True(run.Told.Proofs[$"{id}-e2/1"] is { Outcome: ProofOutcomes.Failed, RefereeId: "rita", DecisionNo: 2 });
        // Two of three forfeit 1,000 each: a fifth is the platform's, one has 1,600, less 3 %.
        Assert.Equal([(3_552L, 0L), (1_000L, 0L), (1_000L, 0L)],
            [await Wallet(run, 1), await Wallet(run, 2), await Wallet(run, 3)]);
    }

    /// <param name="referee">Null: without a token.</param>
    private static Task<int> Contestctl(ChallengeRun run, string? referee, string[] arguments)
    {
        var now = TimeProvider.System.GetUtcNow();
        var settings = new Dictionary<string, string?>(run.Stage.Settings, StringComparer.Ordinal)
        {
            ["PAYOUT_API_TOKEN"] = referee is null ? null
                : Jwt.Make(DemoStripeEndpoints.Tokens, new JwtBearer(referee, [ApiRole.Operator], now.AddHours(1)), now),
        };
        return CommandLine.Run([.. arguments, "--wait", "30"],
            new Session(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TimeProvider.System), Ct);
    }

    /// <summary>A player pays into the wallet as a front end would.</summary>
    private static async Task Deposit(ChallengeRun run, int player, long amountMinor)
    {
        var who = DemoEntries.PlayerId(player);
        var asked = await run.Stage.Payout.Post("/v1/me/wallet/deposits",
            new { requestId = "first", amountMinor, currency = "usd" }, who, ApiRole.Player, Ct);
        Assert.Equal(HttpStatusCode.Accepted, asked.Status);
        var isPaid = false;
        await run.Until($"{who} has deposited", async () =>
        {
            var (_, deposit) = await run.Stage.Payout.Get("/v1/me/wallet/deposits/first", who, ApiRole.Player, Ct);
            if (!isPaid && deposit.TryGetProperty("clientSecret", out var secret))
                isPaid = await run.Stage.Stripe.Pay(secret.GetString()!, Ct);
            return deposit.GetProperty("state").GetString() == "paid";
        }, Ct);
    }

    /// <summary>What lies in a player's wallet, and what is at stake out of it.</summary>
    private static async Task<(long AvailableMinor, long StakedMinor)> Wallet(ChallengeRun run, int player)
    {
        var (_, wallet) = await run.Stage.Payout.Get(
            "/v1/me/wallet", DemoEntries.PlayerId(player), ApiRole.Player, Ct);
        var balance = Assert.Single(wallet.GetProperty("balances").EnumerateArray());
        return (balance.GetProperty("availableMinor").GetInt64(), balance.GetProperty("stakedMinor").GetInt64());
    }

    private static async Task PayByCard(ChallengeRun run, int players)
    {
        var paid = new HashSet<string>(StringComparer.Ordinal);
        await run.Until("every stake is paid", async () =>
        {
            foreach (var payment in run.Told.Payments.Values.Where(p => p.State == EntryPaymentStates.RequiresPayment))
            {
                var reply = await run.Stage.Payout.Get(payment.ClientSecretReference!, payment.PlayerId, ApiRole.Player, Ct);
                if (reply.Status == HttpStatusCode.OK && paid.Add(payment.EntryId))
                    await run.Stage.Stripe.Pay(reply.Body.GetProperty("clientSecret").GetString()!, Ct);
            }

            return paid.Count == players;
        }, Ct);
    }

    private static async Task TheStakeIsNoWinnings(ChallengeRun run)
    {
        var (_, earnings) = await run.Stage.Payout.Get("/v1/players/me/earnings", "player-001", ApiRole.Player, Ct);
        var totals = Assert.Single(earnings.GetProperty("totals").EnumerateArray());
        Assert.Equal((1_800L, 24L, 1_000L), (totals.GetProperty("grossMinor").GetInt64(),
            totals.GetProperty("feesMinor").GetInt64(), totals.GetProperty("stakesMinor").GetInt64()));
        var year = Assert.Single(earnings.GetProperty("years").EnumerateArray());
        Assert.Equal(776, year.GetProperty("winningsMinor").GetInt64());
    }

    /// <summary>What was posted of a contest's result, by code.</summary>
    private static async Task<IEnumerable<(string Code, long AmountMinor)>> Lines(ChallengeRun run, string contestId)
    {
        await using var connection = await run.Stage.Database.OpenConnectionAsync(Ct);
        return await connection.QueryAsync<(string, long)>(new CommandDefinition(
            """
            select code, sum(amount_minor)::bigint from payout.ledger_transfer
            where contest_id = @contestId and revision = 1 group by code order by code
            """,
            new { contestId }, cancellationToken: Ct));
    }
}
