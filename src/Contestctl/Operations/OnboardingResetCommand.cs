using System.CommandLine;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Operations;

/// <summary>
/// <c>contestctl onboarding reset</c>: a player as if there had never been an account. In the test environment only; elsewhere
/// the command is not there.
/// </summary>
internal static class OnboardingResetCommand
{
    private const string About =
        """
        Forgets a player's accounts, so that the next prize asks for a new one. Exists in the test environment only (PIPELINE_ENVIRONMENT=test). Your token
        (PAYOUT_API_TOKEN) must have the role operator.

        Example:
          contestctl onboarding reset player-7
        """;

    public static Command Make(Session session)
    {
        var player = new Argument<string>("PLAYER") { Description = "The player's id." };
        var json = Output.JsonOption("POST /v1/players/{playerId}/onboarding/reset");
        var command = new Command("reset", About) { player, json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = new ApiClient(session);
            var answer = await api.Post(
                $"/v1/players/{Uri.EscapeDataString(parsed.GetRequiredValue(player))}/onboarding/reset", new { }, ct);
            Output.Show(parsed, json, answer, console => console.WriteLine(
                $"{answer.GetProperty("playerId").GetString()}: {answer.GetProperty("accountsForgotten").GetInt32()} accounts "
                    + $"forgotten"));
            return ExitCodes.Success;
        });
        return command;
    }
}
