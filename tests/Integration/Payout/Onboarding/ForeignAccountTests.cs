using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Risk;
using Npgsql;
using Stripe;

namespace ContestPipeline.Integration.Payout.Onboarding;

/// <summary>
/// Whoever can write accounts at Stripe gets nobody's prize: only accounts that recorded requests of ours made are paid.
/// </summary>
public sealed class ForeignAccountTests(PayoutWorld world) : IClassFixture<PayoutWorld>
{
    private const string Mark = "0123";
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_that_only_names_a_player_is_never_paid_and_a_person_is_told()
    {
        var foreign = await world.ForeignAccount(new Dictionary<string, string> { ["player_id"] = "victim" });
        await world.AccountUpdated(foreign, "victim");
        await world.GivenSettled(ContestBuilder.Of("c-victim", "victim"));

        await world.Runner().RunOnce(ct);

        Assert.Equal("awaiting_account", await world.State("c-victim"));
        Assert.Equal(0, await world.TransferCount("c-victim"));
        Assert.Equal("critical",
            Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"foreign-account/{foreign}").Severity);
    }

    [Fact]
    public async Task A_newer_account_that_names_the_player_does_not_take_the_place_of_the_players_own()
    {
        var own = await world.GivenAccount("settled-in");
        await world.Runner().RunOnce(ct);
        world.Clock.Forward(TimeSpan.FromDays(30));
        var foreign = await world.ForeignAccount(new Dictionary<string, string> { ["player_id"] = "settled-in" });
        await world.AccountUpdated(foreign, "settled-in");
        await world.GivenSettled(ContestBuilder.Of("c-settled-in", "settled-in"));

        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-settled-in");
        Assert.Equal(own,
            await world.Scalar<string>(
                "select destination from payout.attempt join payout.payout using (payout_id) where contest_id = 'c-settled-in'"));
    }

    [Fact]
    public async Task The_event_of_an_account_whose_answer_is_not_stored_yet_is_no_alarm()
    {
        await Ask("hasty", Mark);
        await world.Admin("faults", new { endpoint = "accounts.create", kind = "timeout-after", count = 1 });
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);
        var account = Assert.Single(await Made("hasty"));

        await world.AccountUpdated(account, "hasty");

        Assert.DoesNotContain(await world.Sent<AlertRaisedV1>(), a => a.Subject == account);
        world.Clock.Forward(TimeSpan.FromMinutes(10));
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);
        Assert.Equal(account,
            await world.Scalar<string>(
                "select account_id from payout.stripe_account where player_id = 'hasty' and made_by is not null"));
    }

    [Fact]
    public async Task An_account_whose_answer_was_lost_is_found_by_a_mark_that_nobody_else_could_know()
    {
        await Ask("lost-answer", Mark);
        await LoseTheAnswer();

        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);

        Assert.Equal(Assert.Single(await Made("lost-answer")),
            await world.Scalar<string>("select account_id from payout.stripe_account where player_id = 'lost-answer'"));
    }

    [Theory]
    [InlineData("no-mark", null, false)]
    [InlineData("wrong-mark", "9999", false)]
    [InlineData("copied-mark", Mark, true)]
    public async Task An_account_that_claims_to_be_the_one_whose_answer_was_lost_is_not_taken_over(
        string player, string? claimed, bool isOursThereToo)
    {
        await Ask(player, Mark);
        await world.Admin("faults",
            new { endpoint = "accounts.create", kind = isOursThereToo ? "timeout-after" : "timeout-before", count = 1 });
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);
        var metadata = new Dictionary<string, string> { ["player_id"] = player, ["account_key"] = Key(player) };
        if (claimed is not null) metadata["account_mark"] = claimed;
        await world.ForeignAccount(metadata);
        world.Clock.Forward(TimeSpan.FromHours(25));

        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);

        Assert.Equal(0, await world.Scalar<long>($"select count(*) from payout.stripe_account where player_id = '{player}'"));
        Assert.Contains(
            await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"stripe-call-held/{Key(player)}" && a.Severity == "critical");
    }

    [Fact]
    public async Task The_database_takes_no_attempt_to_an_account_that_nobody_asked_for()
    {
        await world.GivenSettled(ContestBuilder.Of("c-sql", "sql-victim"));
        await world.Scalar<object>(
            "insert into payout.stripe_account (account_id, player_id, transfers, stale, hinted_at, hints) values "
                + "('acct_forged', 'sql-victim', 'active', false, now(), 1)");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => world.Scalar<object>(
            """
            insert into payout.attempt (payout_id, attempt_no, idempotency_key, parameter_hash, destination, first_used_at,
                outcome)
            select payout_id, 1, 'forged', 'hash', 'acct_forged', now(), 'open' from payout.payout where contest_id = 'c-sql'
            """));

        Assert.Contains("no account that was made for the player", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PostgresException>(() => world.Scalar<object>(
            "update payout.stripe_account set made_by = (select min(key) from payout.stripe_call) where account_id = "
                + "'acct_forged'"));
    }

    [Fact]
    public async Task How_old_an_account_is_says_Stripe_and_not_since_when_its_player_is_known()
    {
        await world.GivenAccount("aged");
        await world.Runner().RunOnce(ct);

        var since = await world.Scalar<DateTime>("select created_at from payout.stripe_account where player_id = 'aged'");
        var first = await world.Scalar<DateTime>("select first_seen_at from payout.stripe_account where player_id = 'aged'");
        world.Clock.Forward(TimeSpan.FromDays(60));
        await world.Scalar<int>("update payout.stripe_account set gone_at = now() where player_id = 'aged' returning 1");
        await world.GivenAccount("aged");
        await world.Runner().RunOnce(ct);
        await world.GivenSettled(ContestBuilder.Of("c-aged", "aged"));
        var payout = await world.Scalar<string>("select payout_id from payout.payout where contest_id = 'c-aged'");

        var history = await world.Database.Run(
            async tx => await tx.HistoryFor((await tx.LockPayout(payout!))!.Payout, troubleDays: 90), ct);

        Assert.True(Math.Abs((since - first).TotalMinutes) < 1);
        Assert.True(history.AccountSince >= world.Clock.GetUtcNow().AddMinutes(-5),
            $"the account that would be paid is new, and counts as of {history.AccountSince}");
    }

    private static string Key(string player) => $"account/{player}";

    private Task Ask(string player, string? mark) => world.Database.Run(
        tx => tx.Call(new StripeCall(Key(player), AccountCreation.KindName, player, new AccountToMake(player, "US", mark))), ct);

    private async Task LoseTheAnswer()
    {
        await world.Admin("faults", new { endpoint = "accounts.create", kind = "timeout-after", count = 1 });
        await world.Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(ct);
        world.Clock.Forward(TimeSpan.FromHours(25));
    }

    private async Task<IReadOnlyList<string>> Made(string player) =>
        await new AccountService(world.Stripe()).ListAutoPagingAsync(new AccountListOptions { Limit = 100 })
            .Where(a => a.Metadata.GetValueOrDefault("player_id") == player).Select(a => a.Id).ToArrayAsync(ct);
}
