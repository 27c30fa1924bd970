using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Integration.Payout.Collection;
using ContestPipeline.Payout.Notifications;
using Microsoft.Extensions.Configuration;
using Stripe;

namespace ContestPipeline.Integration.Contestctl.Money;

/// <summary>
/// Refunds, alerts, tax, the sweep, the web hooks' endpoints and the comparison with Stripe as an operator types them.
/// </summary>
public sealed class BookCommandTests(ApiWorld world, PipelineScope scope) : IClassFixture<ApiWorld>, IClassFixture<PipelineScope>
{
    private const string Hooks = "https://hooks.example.org";
    private readonly MoneyDesk desk = new(world);

    [Fact]
    public async Task An_entry_fee_goes_back_once_however_often_the_same_request_is_typed()
    {
        var rig = new CollectionRig(world.Payouts, scope);
        await rig.Publish("cmd-refund");
        await rig.Enter("cmd-refund", 2);
        Assert.True(await rig.Pay("cmd-refund", 0) && await rig.Pay("cmd-refund", 1));
        await rig.Run();

        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("entries", "refund", "cmd-refund", "e0", "--reason", "no request"));
        Assert.Equal(ExitCodes.Usage,
            await desk.AsOperator(
                "entries", "refund", "cmd-refund", "e0", "--request", "case-1", "--reason", "r", "--amount", "much"));
        Assert.Equal(ExitCodes.CheckFailed, await Refund(desk.AsViewer, "e0", "case-1"));
        Assert.Equal(ExitCodes.CheckFailed, await Refund(desk.AsOperator, "e9", "case-1"));
        Assert.Equal(ExitCodes.CheckFailed, await Refund(desk.AsOperator, "e0", "case-1", "--amount", "2501"));
        Assert.Equal(ExitCodes.CheckFailed, await Refund(desk.AsOperator, "e0", "case-1", "--amount", "0"));
        Assert.Equal(ExitCodes.CheckFailed, await Refund(desk.AsOperator, "e0", "case-1", "--amount", "-5"));

        for (var time = 0; time < 3; time++)
            Assert.Equal(ExitCodes.Success, await Refund(desk.AsOperator, "e0", "case-2", "--amount", "1000"));
        await rig.Run();

        Assert.Equal("partly_refunded", await rig.State("cmd-refund", 0));
        Assert.Equal(ExitCodes.CheckFailed, await Refund(desk.AsOperator, "e0", "case-3", "--amount", "1501"));
        Assert.Equal(ExitCodes.Success, await Refund(desk.AsOperator, "e1", "case-4", "--json"));
        await rig.Run();
        Assert.Equal("refunded", await rig.State("cmd-refund", 1));
        await rig.EveryCentIsAccountedFor();

        Task<int> Refund(Func<string[], Task<int>> who, string entry, string request, params string[] more) =>
            who(["entries", "refund", "cmd-refund", entry, "--request", request, "--reason", "charged twice", .. more]);
    }

    [Fact]
    public async Task An_alert_is_listed_taken_up_and_ended_by_those_who_may()
    {
        var options = NoticeOptions.From(new ConfigurationBuilder().Build());
        await world.Payouts.Handle(new AlertHandler(options), new AlertRaisedV1(
            "cmd/short", "critical", "balance-short", "platform", "The balance is low.", "Top up.", "payout",
            world.Payouts.Clock.GetUtcNow()));

        Assert.Equal(ExitCodes.Success, await desk.AsViewer("alerts", "list", "--json"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("alerts", "list", "--state", "open"));
        Assert.Equal(ExitCodes.Usage, await desk.AsViewer("alerts", "list", "--state", "lost"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsViewer("alerts", "ack", "cmd/short"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator("alerts", "ack", "cmd/nobody"));
        Assert.Equal("open", await State());

        Assert.Equal(ExitCodes.Success, await desk.AsOperator("alerts", "ack", "cmd/short", "--note", "top-up ordered"));
        Assert.Equal("acknowledged", await State());
        Assert.Equal(ExitCodes.Success, await desk.AsApprover("alerts", "resolve", "cmd/short", "--note", "topped up"));
        Assert.Equal("resolved", await State());
        Assert.Equal(ExitCodes.Success, await desk.AsOperator("alerts", "resolve", "cmd/short"));
        Assert.Equal("ann: topped up",
            await world.Payouts.Scalar<string>(
                "select resolved_by || ': ' || note from payout.alert where dedup_key = 'cmd/short'"));

        Task<string?> State() => world.Payouts.Scalar<string>(
            "select case when resolved_at is not null then 'resolved' when acknowledged_at is not null then 'acknowledged' "
                + "else 'open' end from payout.alert where dedup_key = 'cmd/short'");
    }

    [Fact]
    public async Task The_report_of_a_year_is_written_once_and_only_for_operators()
    {
        world.Payouts.Risk = null;
        await world.Payouts.GivenReady("cmd-taxed");
        await world.Payouts.GivenSettled(ContestBuilder.Of("cmd-tax", 10, ("cmd-taxed", [3_000_00])));
        await world.Payouts.RunToRest(world.Payouts.Runner());
        var year = world.Payouts.Clock.GetUtcNow().Year.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("tax-tests-");
        var file = Path.Combine(folder.FullName, "winners.csv");

        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("tax", "1099"));
        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("tax", "1099", "--year", "soon"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator("tax", "1099", "--year", "1999"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsViewer("tax", "1099", "--year", year, "--out", file));
        Assert.False(System.IO.File.Exists(file));

        Assert.Equal(ExitCodes.Success, await desk.AsOperator("tax", "1099", "--year", year, "--out", file));
        Assert.Contains($"{year},,,cmd-taxed,2910.00,1,2000.00",
            await System.IO.File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("tax", "1099", "--year", year, "--out", file));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_never_arrived_is_filled_by_the_sweep_which_operators_may_ask_for()
    {
        await new PaymentIntentService(world.Payouts.Stripe())
            .CreateAsync(new PaymentIntentCreateOptions { Amount = 700, Currency = "usd" });
        var before = await Swept();

        Assert.Equal(ExitCodes.CheckFailed, await desk.AsViewer("stripe", "sweep"));
        Assert.Equal(before, await Swept());
        Assert.Equal(ExitCodes.Success, await desk.AsOperator("stripe", "sweep", "--json"));
        Assert.True(await Swept() > before);

        Task<long> Swept() => world.Payouts.Scalar<long>("select count(*) from payout.stripe_event where source = 'sweep'");
    }

    [Fact]
    public async Task The_endpoints_of_the_web_hooks_are_missing_then_made_then_as_they_should_be()
    {
        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("stripe", "setup-webhooks"));
        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("stripe", "setup-webhooks", "--url", "hooks.example.org"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator("stripe", "setup-webhooks", "--url", Hooks, "--check"));
        Assert.Equal(ExitCodes.Success, await desk.AsOperator("stripe", "setup-webhooks", "--url", Hooks, "--dry-run"));
        Assert.Empty(await Endpoints());

        Assert.Equal(ExitCodes.Success, await desk.AsOperator("stripe", "setup-webhooks", "--url", Hooks, "--json"));
        Assert.Equal(2, (await Endpoints()).Count);
        Assert.Equal(ExitCodes.Success, await desk.AsOperator("stripe", "setup-webhooks", "--url", Hooks, "--check"));
        Assert.Equal(ExitCodes.Success, await desk.AsOperator("stripe", "setup-webhooks", "--url", Hooks));
        Assert.Equal(2, (await Endpoints()).Count);
        Assert.Equal(ExitCodes.Usage, await desk.TypeIn("live", "stripe", "setup-webhooks", "--url", Hooks, "--check"));

        async Task<List<WebhookEndpoint>> Endpoints() =>
            (await new WebhookEndpointService(world.Payouts.Stripe()).ListAsync()).Data;
    }

    [Fact]
    public async Task The_balance_the_audit_log_and_a_reset_of_onboarding_answer_those_who_may()
    {
        var account = await world.Payouts.GivenAccount("cmd-reset");

        Assert.Equal(ExitCodes.Success, await desk.AsViewer("balance", "--json"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("audit", "--verify"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsViewer("onboarding", "reset", "cmd-reset"));
        Assert.Equal(ExitCodes.Usage, await desk.TypeIn("live", "onboarding", "reset", "cmd-reset"));
        Assert.Equal(1, await Known());
        Assert.Equal(ExitCodes.Success, await desk.AsOperator("onboarding", "reset", "cmd-reset"));
        Assert.Equal(0, await Known());
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("audit", "--player", "cmd-reset", "--json"));

        Task<long> Known() =>
            world.Payouts.Scalar<long>(
                $"select count(*) from payout.stripe_account where account_id = '{account}' and gone_at is null");
    }

    [Fact]
    public async Task Books_that_agree_are_well_and_a_transfer_that_nobody_here_made_is_found()
    {
        var account = await world.Payouts.GivenAccount("cmd-foreign");
        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("reconcile", "--from", "yesterday"));

        await new TransferService(world.Payouts.Stripe())
            .CreateAsync(new TransferCreateOptions { Amount = 500, Currency = "usd", Destination = account });

        Assert.Equal(ExitCodes.CheckFailed,
            await desk.AsOperator("reconcile", "--settling", "0", "--from", "2020-01-01", "--to", "2099-01-01", "--json"));
        Assert.Equal(ExitCodes.Success, await desk.AsOperator("reconcile", "--to", "2020-01-01"));
        Assert.Equal(ExitCodes.Usage, await desk.TypeIn("live", "reconcile"));
    }
}
