using System.Text.Json;
using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Contestctl.Money;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Notifications;

namespace ContestPipeline.Integration.Payout.Onboarding;

/// <summary>
/// An account as player and operator see it, and who is told before a payout to a bank fails.
/// </summary>
public sealed class AccountShownTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_is_shown_to_its_player_and_to_staff_with_what_it_holds_and_lacks()
    {
        var account = await world.Payouts.GivenAccount("shown");
        await world.Payouts.Admin($"accounts/{account}/balance", new { delta_minor = 12_34 });
        await Restrict(account, "shown", transfersGoOn: false);

        var (own, mine) = await Show("me", "shown", ApiRole.Player);
        var (staff, seen) = await Show("shown", "vera", ApiRole.Viewer);
        var (other, _) = await Show("shown", "eve", ApiRole.Player);
        var (staffIsNoPlayer, itself) = await Show("me", "vera", ApiRole.Viewer);

        Assert.Equal((200, 200, 404, 200), (own, staff, other, staffIsNoPlayer));
        Assert.Equal(mine.GetRawText(), seen.GetRawText());
        Assert.Equal(("shown", OnboardingStatus.Restricted), (Text(mine, "playerId"), Text(mine, "status")));
        var shown = mine.GetProperty("account");
        Assert.Equal((account, "inactive", false, false, "requirements.past_due"),
            (Text(shown, "accountId"), Text(shown, "transfers"), shown.GetProperty("payoutsEnabled").GetBoolean(),
                shown.GetProperty("chargesEnabled").GetBoolean(), Text(shown, "disabledReason")));
        Assert.Equal(["individual.id_number", "external_account"], Texts(shown, "currentlyDue"));
        Assert.Equal(["individual.id_number", "external_account"], Texts(shown, "pastDue"));
        Assert.True(shown.TryGetProperty("dueBy", out _));
        var held = Assert.Single(shown.GetProperty("balances").EnumerateArray());
        Assert.Equal(("usd", 12_34L, 0L),
            (Text(held, "currency"), held.GetProperty("availableMinor").GetInt64(), held.GetProperty("pendingMinor").GetInt64()));
        Assert.Equal(OnboardingStatus.NotStarted, Text(itself, "status"));
    }

    [Fact]
    public async Task Without_an_account_nothing_has_started_and_without_Stripe_the_rest_is_shown()
    {
        var account = await world.Payouts.GivenAccount("silent");
        await Read();

        var (_, none) = await Show("never-won", "vera", ApiRole.Viewer);
        await world.Payouts.Admin("faults", new { endpoint = "balance.get", kind = "500-rolled-back", count = 1 });
        var (status, silent) = await Show("silent", "vera", ApiRole.Viewer);

        Assert.Equal(OnboardingStatus.NotStarted, Text(none, "status"));
        Assert.False(none.TryGetProperty("account", out _));
        Assert.Equal((200, account), (status, Text(silent.GetProperty("account"), "accountId")));
        Assert.False(silent.GetProperty("account").TryGetProperty("balances", out _));
    }

    [Fact]
    public async Task Before_a_payout_to_the_bank_fails_player_and_operators_are_told_until_Stripe_pays_on_again()
    {
        var account = await world.Payouts.GivenAccount("no-bank");
        await Read();

        await Restrict(account, "no-bank", transfersGoOn: true);
        await Restrict(account, "no-bank", transfersGoOn: true);

        var told = Assert.Single(await Told("no-bank"), n => n.Kind == NotificationKinds.AccountRestricted);
        Assert.Contains("past due: individual.id_number, external_account", told.Facts["reason"], StringComparison.Ordinal);
        var alert = Assert.Single(await world.Payouts.Sent<AlertRaisedV1>(), a => a.Subject == account);
        Assert.Equal(("account-restricted", "warning"), (alert.Kind, alert.Severity));
        Assert.Contains("no-bank", alert.Cause, StringComparison.Ordinal);

        await world.Payouts.Database.Run(new EndAlertsJob().Run, ct);
        Assert.DoesNotContain(await world.Payouts.Sent<AlertResolvedV1>(), r => r.DedupKey == alert.DedupKey);
        await world.Payouts.MakeReady(account);
        await world.Payouts.AccountUpdated(account, "no-bank");
        await Read();
        await world.Payouts.Database.Run(new EndAlertsJob().Run, ct);
        Assert.Single(await world.Payouts.Sent<AlertResolvedV1>(), r => r.DedupKey == alert.DedupKey);

        await Restrict(account, "no-bank", transfersGoOn: true);
        Assert.Equal(2, (await Told("no-bank")).Count(n => n.Kind == NotificationKinds.AccountRestricted));
        Assert.Equal(2, (await Told("no-bank")).Select(n => n.NotificationId).Distinct().Count());
    }

    [Fact]
    public async Task An_operator_types_it()
    {
        var account = await world.Payouts.GivenAccount("typed");
        await Restrict(account, "typed", transfersGoOn: true);
        var desk = new MoneyDesk(world);

        Assert.Equal(ExitCodes.Success, await desk.AsViewer("accounts", "show", "typed"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("accounts", "show", "typed", "--json"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("accounts", "show", "no/such player"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.Type(ApiRole.Player, "eve", "accounts", "show", "typed"));
        Assert.Equal(ExitCodes.Usage, await desk.AsViewer("accounts", "show"));
    }

    private async Task Restrict(string account, string player, bool transfersGoOn)
    {
        await world.Payouts.Admin($"accounts/{account}/restrict", new
        {
            currently_due = new[] { "individual.id_number", "external_account" }, transfers_go_on = transfersGoOn,
        });
        await world.Payouts.AccountUpdated(account, player);
        await Read();
    }

    private Task<int> Read()
    {
        var (options, stripe) = world.Payouts.Gateway();
        return new AccountReader(world.Payouts.Database, stripe, options).ReadStale(ct);
    }

    private async Task<IReadOnlyList<NotificationV1>> Told(string player) =>
        [.. (await world.Payouts.Sent<NotificationV1>()).Where(n => n.PlayerId == player)];

    private Task<(int Status, JsonElement Body)> Show(string player, string who, string role) =>
        world.Ask(HttpMethod.Get, $"/v1/players/{player}/account", world.Token(who, role));

    private static string? Text(JsonElement at, string name) => at.GetProperty(name).GetString();

    private static string?[] Texts(JsonElement at, string name) =>
        [.. at.GetProperty(name).EnumerateArray().Select(v => v.GetString())];
}
