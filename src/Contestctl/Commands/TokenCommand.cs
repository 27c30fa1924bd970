using System.CommandLine;
using ContestPipeline.Payout.Http;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl token</c>: a bearer token for Payout's API, in the test environment.</summary>
internal static class TokenCommand
{
    private const string About =
        """
        Makes a bearer token for Payout's API, signed with PAYOUT_JWT_KEY. In the test environment only: in live, tokens come from whoever knows who people are.

        Example:
          export PAYOUT_API_TOKEN=$(contestctl token --sub ann --role approver)
        """;

    public static Command Make(Session session)
    {
        var subject = new Option<string>("--sub") { Description = "Whom it names; for players the player id.", Required = true };
        var roles = new Option<string[]>("--role") { Description = $"One or more of {string.Join(", ", ApiRole.All)}.",
            Required = true, AllowMultipleArgumentsPerToken = true };
        var hours = new Option<int>("--hours") { Description = "How long it is good.", DefaultValueFactory = _ => 8 };
        roles.AcceptOnlyFromAmong([.. ApiRole.All]);
        var players =
            new Option<string[]>(
                "--player") { Description = "A player that the person is; an approver decides nothing about payouts of theirs.",
                    AllowMultipleArgumentsPerToken = true };
        var json = Output.JsonOption<TokenAnswer>();
        var command = new Command("token", About) { subject, roles, players, hours, json };
        command.SetAction(parsed =>
        {
            if (session.Settings.PipelineEnvironment() != "test")
                throw new SettingException(
                    "PIPELINE_ENVIRONMENT", "is not test: tokens are made here in the test environment only");
            var forHours = parsed.GetValue(hours);
            if (forHours is < 1 or > 24 * 365)
                throw new SettingException("--hours", $"must be from 1 to {24 * 365}, not {forHours}");
            var now = session.Clock.GetUtcNow();
            var bearer = new JwtBearer(parsed.GetRequiredValue(subject), parsed.GetRequiredValue(roles),
                now.AddHours(forHours)) { PlayerIds = parsed.GetValue(players) ?? [] };
            var token = Jwt.Make(PayoutApiOptions.Rules(session.Settings), bearer, now);
            Output.Show(parsed, json, new TokenAnswer(token, bearer.Subject, bearer.Roles, bearer.ExpiresAt),
                _ => Console.Out.WriteLine(token));
            return ExitCodes.Success;
        });
        return command;
    }
}
