using System.Text.Json;
using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Contestctl.Money;
using ContestPipeline.Payout.Halts;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Integration.Payout;

/// <summary>Payouts stopped by an operator and let go again, over HTTP and as it is typed.</summary>
public sealed class HaltTests(ApiWorld api) : IClassFixture<ApiWorld>
{
    private readonly PayoutWorld world = api.Payouts;
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("contest", "c-h-contest")]
    [InlineData("player", "h-player")]
    [InlineData("payouts", null)]
    public async Task Nothing_is_sent_while_a_halt_stands_and_everything_goes_when_it_is_lifted(string scope, string? id)
    {
        var contest = $"c-h-{scope}";
        await GivenWon(contest, $"h-{scope}");
        var (status, halt) = await Halt(scope, id, "case 131");
        var no = halt.GetProperty("haltNo").GetInt64();

        await world.RunToRest(world.Runner());

        Assert.Equal((200, 1L), (status, halt.GetProperty("waiting").GetInt64()));
        Assert.Equal((0, "held"), (await world.TransferCount(contest), await world.State(contest)));
        var payoutId = (await world.Scalar<string>($"select payout_id from payout.payout where contest_id = '{contest}'"))!;
        var (_, one) = await Ask($"/v1/payouts/{payoutId}");
        Assert.Equal((no, "halted by olga: case 131"),
            (one.GetProperty("payout").GetProperty("haltNo").GetInt64(),
                one.GetProperty("payout").GetProperty("reason").GetString()));
        Assert.Equal(no, Assert.Single(one.GetProperty("halts").EnumerateArray()).GetProperty("haltNo").GetInt64());
        var (_, balance) = await Ask("/v1/balance");
        Assert.Contains(balance.GetProperty("halts").EnumerateArray(), h => h.GetProperty("haltNo").GetInt64() == no);
        var alert = Assert.Single(await world.Sent<AlertRaisedV1>(), a => a.DedupKey == $"payouts-halted/{no}");
        Assert.Equal(("payouts-halted", "warning"), (alert.Kind, alert.Severity));
        Assert.Equal(409, (await Review(payoutId, "release")).Status);

        Assert.Equal(200, (await Lift(no, "olga")).Status);
        await LetGo();
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce(contest);
        Assert.Single(await world.Sent<AlertResolvedV1>(), r => r.DedupKey == alert.DedupKey);
        Assert.Equal("payouts-halted:done,halt-lifted:done", await world.Scalar<string>(
            $"select string_agg(action || ':' || result, ',' order by no) from payout.audit_log where subject = 'halt/{no}'"));
    }

    [Fact]
    public async Task What_Stripe_was_asked_for_before_is_looked_up_and_booked_but_not_asked_again()
    {
        await GivenWon("c-h-made", "h-made");
        await world.Fault("timeout-after");
        await RunOnce();
        await GivenWon("c-h-lost", "h-lost");
        await world.Fault("timeout-before");
        await RunOnce();
        var (_, halt) = await Halt("payouts", null, "case 132");
        var asked = await Creations();

        for (var i = 0; i < 5; i++)
        {
            world.Clock.Forward(TimeSpan.FromMinutes(30));
            await RunOnce();
        }

        Assert.Equal(asked, await Creations());
        string?[] states = [await world.State("c-h-made"), await world.State("c-h-lost")];
        Assert.Equal(["paid", "submitting"], states.Order(StringComparer.Ordinal));

        await Lift(halt.GetProperty("haltNo").GetInt64(), "olga");
        world.Clock.Forward(TimeSpan.FromMinutes(30));
        await world.RunToRest(world.Runner());

        await world.IsPaidOnce("c-h-made");
        await world.IsPaidOnce("c-h-lost");
        Assert.Equal(1, await world.Scalar<long>(
            "select max(attempt_no) from payout.attempt join payout.payout using (payout_id) where contest_id like 'c-h-%'"));
    }

    [Fact]
    public async Task Only_operators_halt_and_lift_and_nobody_lifts_the_halt_of_their_own_payouts()
    {
        foreach (var role in ApiRole.All.Where(r => r != ApiRole.Operator))
        {
            var token = api.Token("bob", role);
            var halts = await api.Ask(HttpMethod.Post, "/v1/halts", token, new { scope = "payouts", reason = "x" });
            Assert.Equal(403, halts.Status);
            Assert.Equal(403, (await api.Ask(HttpMethod.Post, "/v1/halts/1/lift", token, new { reason = "x" })).Status);
        }

        Assert.Equal(403, (await api.Ask(HttpMethod.Get, "/v1/halts", api.Token("eve", ApiRole.Player))).Status);
        var (_, halt) = await Halt("player", "olga", "identity is checked");
        var no = halt.GetProperty("haltNo").GetInt64();
        Assert.Equal(409, (await Halt("player", "olga", "again")).Status);
        Assert.Equal(403, (await Lift(no, "Olga ")).Status);
        Assert.Equal(200, (await Lift(no, "oscar")).Status);
        Assert.Equal(409, (await Lift(no, "oscar")).Status);
        Assert.Equal(404, (await Lift(987_654, "oscar")).Status);
        Assert.Equal(400, (await Halt("contest", null, "x")).Status);
        Assert.Equal(400, (await Halt("payouts", null, " ")).Status);
    }

    [Fact]
    public async Task An_operator_types_it()
    {
        var desk = new MoneyDesk(api);
        await GivenWon("c-h-typed", "h-typed");

        Assert.Equal(ExitCodes.Success, await desk.AsOperator("halt", "contest", "c-h-typed", "--reason", "case 133"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsOperator("halt", "contest", "c-h-typed", "--reason", "case 133"));
        Assert.Equal(ExitCodes.CheckFailed, await desk.AsApprover("halt", "payouts", "--reason", "case 133"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("halt", "list"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("payouts", "list", "--contest", "c-h-typed"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("payouts", "show", await desk.PayoutOf("c-h-typed")));
        Assert.Equal(ExitCodes.Usage, await desk.AsOperator("halt", "player", "--reason", "case 133"));
        var no = await world.Scalar<long>("select halt_no from payout.halt where subject = 'c-h-typed'");
        Assert.Equal(ExitCodes.Success, await desk.AsOperator("halt", "lift", $"{no}", "--reason", "case 133 is over"));
        Assert.Equal(ExitCodes.Success, await desk.AsViewer("halt", "list", "--all", "--json"));
    }

    [Fact]
    public async Task Several_failures_within_minutes_are_one_critical_alert_that_ends_by_itself()
    {
        await GivenWon("c-h-burst", "h-burst");
        var job = new BurstsJob(new BurstOptions(TimeSpan.FromMinutes(10), Failures: 2, Refunds: 10, Disputes: 3));
        await Fail(901);
        await world.Database.Run(job.Run, ct);
        Assert.Empty(await Bursts());

        await Fail(902);
        await world.Database.Run(job.Run, ct);
        await world.Database.Run(job.Run, ct);
        var alert = Assert.Single(await Bursts());
        Assert.Equal(("money-burst/failures", "critical"), (alert.DedupKey, alert.Severity));

        world.Clock.Forward(TimeSpan.FromMinutes(11));
        await world.Database.Run(job.Run, ct);
        Assert.Single(await world.Sent<AlertResolvedV1>(), r => r.DedupKey == "money-burst/failures");

        Task Fail(int no) => world.Database.Run(
            tx => tx.Execute(
                """
                insert into payout.payout_change (payout_id, change_no, state, reason, at)
                select payout_id, @no, 'failed', 'refused', @now from payout.payout where contest_id = 'c-h-burst'
                """,
                new { no, now = tx.Now }), ct);

        async Task<IReadOnlyList<AlertRaisedV1>> Bursts() =>
            [.. (await world.Sent<AlertRaisedV1>()).Where(a => a.Kind == "money-burst")];
    }

    private async Task GivenWon(string contest, string player)
    {
        await world.GivenReady(player);
        await world.GivenSettled(ContestBuilder.Of(contest, player));
    }

    private async Task LetGo()
    {
        var job = new LiftHaltsJob();
        while (await world.Database.Run(job.Run, ct)) { }
    }

    private Task<int> RunOnce() => world.Runner().RunOnce(ct);

    private async Task<int> Creations() => (await world.Requests()).GetProperty("requests").EnumerateArray()
        .Count(r => r.GetProperty("endpoint").GetString() == "transfers.create");

    private Task<(int Status, JsonElement Body)> Ask(string path) =>
        api.Ask(HttpMethod.Get, path, api.Token("vera", ApiRole.Viewer));

    private Task<(int Status, JsonElement Body)> Review(string payoutId, string decision) => api.Ask(
        HttpMethod.Post, $"/v1/payouts/{payoutId}/{decision}", api.Token("ann", ApiRole.Approver), new { note = "fine" });

    private Task<(int Status, JsonElement Body)> Halt(string scope, string? id, string reason) => api.Ask(
        HttpMethod.Post, "/v1/halts", api.Token("olga", ApiRole.Operator),
        id is null ? new { scope, reason } : new { scope, reason, id });

    private Task<(int Status, JsonElement Body)> Lift(long no, string who) => api.Ask(
        HttpMethod.Post, $"/v1/halts/{no}/lift", api.Token(who, ApiRole.Operator), new { reason = "it is over" });
}
