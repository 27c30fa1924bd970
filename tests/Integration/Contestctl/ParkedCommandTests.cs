using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Payout.Http;
using ContestPipeline.Replay.Parking;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Integration.Contestctl;

/// <summary>The command line about parked messages.</summary>
public sealed class ParkedCommandTests(PipelineScope scope) : IClassFixture<PipelineScope>
{
    [Fact]
    public async Task Nothing_parked_is_well_and_a_key_that_is_not_parked_is_not_found()
    {
        Assert.Equal(ExitCodes.Success, await Run("parked list --worker payout --json"));
        Assert.Equal(ExitCodes.Success, await Run("parked discarded --worker payout"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("parked show payout t none"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("parked retry payout t none"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("parked discard payout t none --offset 1 --reason r"));
    }

    [Fact]
    public async Task A_parked_key_is_shown_retried_and_its_first_message_discarded_once()
    {
        await scope.Execute("insert into scoring.parked_key values ('t', 'k', 0, now())");
        await scope.Execute(
            """insert into scoring.parked values ('t', 0, 7, 'k', '{"ce_id":"one"}', '\xff00', 'wrong', now()), ('t', 0, 8, 'k', '{}', 'x', 'waits', now())""");

        Assert.Equal(ExitCodes.Success, await Run("parked list"));
        Assert.Equal(ExitCodes.Success, await Run("parked show scoring t k"));
        Assert.Equal(ExitCodes.Success, await Run("parked show scoring t k --json"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("parked retry scoring t k --wait 0"));
        Assert.True(await scope.Scalar<bool>("select retry_requested from scoring.parked_key where key = 'k'"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("parked discard scoring t k --offset 8 --reason r"));
        Assert.Equal(ExitCodes.Success, await Run("parked discard scoring t k --offset 7 --reason r --json"));
        Assert.Equal(ExitCodes.CheckFailed, await Run("parked discard scoring t k --offset 7 --reason r"));
        Assert.Equal(ExitCodes.Success, await Run("parked discarded --json"));
        Assert.Equal("7 ann r",
            await scope.Scalar<string>(
                "select record_offset || ' ' || discarded_by || ' ' || reason from scoring.parked_discarded where key = 'k'"));
        Assert.Equal(8, await scope.Scalar<long>("select record_offset from scoring.parked where key = 'k'"));
    }

    /// <summary>
    /// An approver alone cannot, nor the first person under another spelling; what will not be paid is in the log.
    /// </summary>
    [Fact]
    public async Task A_message_that_carries_money_is_discarded_by_two_persons_of_whom_one_approves()
    {
        await scope.Execute("insert into payout.parked_key values ('contests.results.v1', 'c', 0, now())");
        var awards = new ContestAwardsV1("c", 1, 0, "usd", [new("winner", 1_234, 0, 1_234, [])]);
        await scope.Execute(
            "insert into payout.parked values ('contests.results.v1', 0, 7, 'c', @headers::jsonb, @body, 'wrong', now())",
            new { headers = """{"ce_id":"one","ce_type":"contest.awards.v1","ce_source":"contestpipeline/settlement","ce_time":"2026-09-13T17:00:00Z"}""", body = WireJson.Bytes(awards) });
        const string Discard = "parked discard payout contests.results.v1 c --offset 7 --reason case-120";

        var nobody = await Run(Discard, "ann", ApiRole.Viewer);
        var first = await Run(Discard, "Ann", ApiRole.Operator, ApiRole.Approver);
        var again = await Run(Discard, "ann", ApiRole.Operator, ApiRole.Approver);
        var noApprover = await Run(Discard, "bob", ApiRole.Operator);
        var parked = await scope.Scalar<long>("select count(*) from payout.parked");
        var second = await Run(Discard, "bob", ApiRole.Approver);

        Assert.Equal((ExitCodes.CheckFailed, ExitCodes.CheckFailed, ExitCodes.CheckFailed, ExitCodes.CheckFailed),
            (nobody, first, again, noApprover));
        Assert.Equal((1, ExitCodes.Success), (parked, second));
        Assert.Equal("Ann bob case-120; approved: case-120",
            await scope.Scalar<string>(
                "select discarded_by || ' ' || approved_by || ' ' || reason from payout.parked_discarded"));
        Assert.Equal(
            ["Ann: awaits an approver (player winner: 12.34 usd, prize in contest c, revision 1, not paid; in total 12.34 usd)"
                    + $"; as database role {Owner}",
                "ann: refused", "bob: refused", "bob: done; asked by Ann"],
            (await scope.Query<string>(
                "select actor || ': ' || result from payout.audit_log where action = 'parked-discarded' and subject like "
                    + "'payout contests.results.v1%' order by no")).Select((line, i) => i switch
            {
                1 or 2 => line[..line.IndexOf("refused", StringComparison.Ordinal)] + "refused",
                3 => line[..line.IndexOf(" (", StringComparison.Ordinal)],
                _ => line,
            }));
    }

    [Fact]
    public async Task Keys_that_failed_alike_are_tried_again_together_and_what_failed_again_and_what_is_new_is_told()
    {
        foreach (var (key, error) in new[] { ("g1", "game 1 is unknown"), ("g2", "game 22 is unknown"), ("g3", "no such entry") })
            await scope.Execute(
                $"""
                insert into scoring.parked_key values ('grouped', '{key}', 0, now() - interval '1 minute');
                insert into scoring.parked values ('grouped', 0, {key[1]}, '{key}', '{"{}"}', 'x', '{error}', now() - interval '1 minute')
                """);

        var asked = await CommandLine.Run(
            ["parked", "retry", "scoring", "grouped", "--all", "--error", "game # is unknown", "--wait", "0", "--reason",
                "mended"],
            Session(Token("ann", ApiRole.Operator)), TestContext.Current.CancellationToken);
        var requested = await scope.Query<string>(
            "select key from scoring.parked_key where topic = 'grouped' and retry_requested order by key");
        await scope.Execute("delete from scoring.parked where key = 'g1'; delete from scoring.parked_key where key = 'g1'");
        await scope.Execute(
            "update scoring.parked_key set answered_no = request_no, answer = 'failed', retry_requested = false where key = 'g2'");
        await scope.Execute("update scoring.parked set last_error = 'game 22 is still unknown', failures = 2 where key = 'g2'");
        await scope.Execute(
            """
            insert into scoring.parked_key values ('grouped', 'g4', 0, now() + interval '1 minute');
            insert into scoring.parked values ('grouped', 0, 4, 'g4', '{}', 'x', 'game 4 is unknown', now())
            """);
        var id = await scope.Scalar<string>("select retry_id from operations.parked_retry where topic = 'grouped'");
        var now = await new RetryParked(Session("").Settings, TimeProvider.System).Find(
            id!, TestContext.Current.CancellationToken);
        var nothing = await CommandLine.Run(
            ["parked", "retry", "scoring", "grouped", "--all", "--error", "never seen", "--wait", "0"],
            Session(Token("ann", ApiRole.Operator)), TestContext.Current.CancellationToken);

        Assert.Equal((ExitCodes.CheckFailed, ExitCodes.CheckFailed), (asked, nothing));
        Assert.Equal(["g1", "g2"], requested);
        Assert.Equal((2L, 1L, 0L, 1L, 1L), (now!.Keys, now.Handled, now.Waiting, now.FailedKeys, now.NewSince));
        Assert.Equal(new FailedAgain("scoring", "grouped", "g2", "game 22 is still unknown"), Assert.Single(now.Failed));
    }

    [Theory]
    [InlineData("parked retry scoring t")]
    [InlineData("parked retry scoring t k --all")]
    [InlineData("parked retry scoring t k --error wrong")]
    public async Task A_retry_names_one_key_or_says_that_it_means_all(string command) =>
        Assert.Equal(ExitCodes.Usage, await Run(command));

    [Fact]
    public async Task Who_asked_for_a_retry_is_in_the_audit_log_under_the_name_of_the_token_and_nobody_without_one_asks()
    {
        await scope.Execute("insert into scoring.parked_key values ('t', 'audited', 0, now())");
        await scope.Execute("insert into scoring.parked values ('t', 0, 17, 'audited', '{}', 'x', 'wrong', now())");

        var forged = await CommandLine.Run(
            ["parked", "retry", "scoring", "t", "audited", "--wait", "0"], Session(Token("ann", ApiRole.Operator)[..^2] + "xx"),
            TestContext.Current.CancellationToken);
        var asked = await scope.Scalar<bool>("select retry_requested from scoring.parked_key where key = 'audited'");
        await Run("parked retry scoring t audited --wait 0 --reason mended");

        Assert.Equal((ExitCodes.CheckFailed, false), (forged, asked));
        Assert.Equal($"ann parked-retried mended: 1 messages asked for; as database role {Owner}",
            await scope.Scalar<string>(
                "select actor || ' ' || action || ' ' || reason || ': ' || result from payout.audit_log "
                    + "where subject = 'scoring t audited'"));
        await scope.Execute(
            "delete from scoring.parked where key = 'audited'; delete from scoring.parked_key where key = 'audited'");
    }

    /// <summary>Who the database knows signed in, whatever name is given.</summary>
    private string Owner => new Npgsql.NpgsqlConnectionStringBuilder(scope.AdminConnection).Username!;

    private Task<int> Run(string arguments) => Run(arguments, "ann", ApiRole.Operator);

    private Task<int> Run(string arguments, string subject, params string[] roles) =>
        CommandLine.Run(arguments.Split(' '), Session(Token(subject, roles)), TestContext.Current.CancellationToken);

    private Session Session(string token) => new(Settings(token), TimeProvider.System);

    private string Token(string subject, params string[] roles)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Jwt.Make(PayoutApiOptions.Rules(Settings("")), new JwtBearer(subject, roles, now.AddHours(1)), now);
    }

    private IConfigurationRoot Settings(string token) => new ConfigurationBuilder().AddInMemoryCollection(scope.Settings())
        .AddInMemoryCollection(
            new Dictionary<string, string?> { ["PAYOUT_JWT_KEY"] = new('k', 40), ["PAYOUT_API_TOKEN"] = token }).Build();
}
