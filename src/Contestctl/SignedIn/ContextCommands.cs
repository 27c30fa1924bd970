using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace ContestPipeline.Contestctl.SignedIn;

/// <summary><c>contestctl logout|whoami|context</c>: who one is, where, and somewhere else.</summary>
internal static class ContextCommands
{
    private const string AboutLogout =
        """
        Forgets a sign-in: the chosen one, or that of the profile named. The token itself is good until it ends. Exit code 1 when there is none.

        Example:
          contestctl logout
        """;

    private const string AboutWhoami =
        """
        Says who you are at the console, as it knows you by your token, and where that is. Exit code 1 when you are nobody there.

        Example:
          contestctl whoami --json
        """;

    private const string AboutContext =
        """
        Lists the environments you are signed in at, or chooses another one for the commands that follow. Exit code 1 when there is no such profile.

        Examples:
          contestctl context
          contestctl context dev
        """;

    public static Command MakeLogout(Session session)
    {
        var name = new Argument<string?>("PROFILE")
        {
            Description = "Another than the chosen one.", Arity = ArgumentArity.ZeroOrOne,
        };
        var json = Output.JsonOption<ContextAnswer>();
        var command = new Command("logout", AboutLogout) { name, json };
        command.SetAction(parsed =>
        {
            var profiles = Profiles.Read(session.Settings);
            var meant = parsed.GetValue(name) ?? profiles.Current;
            if (profiles.Profiles.All(p => p.Name != meant)) throw new RefusedException("you are not signed in there");
            var left = profiles.Without(meant!);
            Profiles.Write(session.Settings, left);
            Output.Show(parsed, json, Told(left), console => console.WriteLine($"signed out of {meant}"));
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command MakeWhoami(Session session)
    {
        var json = Output.JsonOption<WhoamiAnswer>();
        var command = new Command("whoami", AboutWhoami) { json };
        command.SetAction(async (parsed, ct) =>
        {
            using var api = ApiClient.OfConsole(session);
            var me = (await api.Get("/v1/ops/me", ct)).Deserialize<WhoamiAnswer>(Contracts.WireJson.Options)!;
            Output.Show(parsed, json, me, console => console.WriteLine(
                $"{me.Subject} ({string.Join(", ", me.Roles)}) in {me.Environment}, at {session.Settings[ApiClient.ConsoleSetting]}"));
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command MakeContext(Session session)
    {
        var name = new Argument<string?>("PROFILE")
        {
            Description = "The one to use from now on.", Arity = ArgumentArity.ZeroOrOne,
        };
        var json = Output.JsonOption<ContextAnswer>();
        var command = new Command("context", AboutContext) { name, json };
        command.SetAction(parsed =>
        {
            var profiles = Profiles.Read(session.Settings);
            if (parsed.GetValue(name) is { } wanted)
            {
                if (profiles.Profiles.All(p => p.Name != wanted))
                    throw new RefusedException($"you are not signed in as {wanted}; contestctl login does that");
                profiles = profiles with { Current = wanted };
                Profiles.Write(session.Settings, profiles);
            }

            Output.Show(parsed, json, Told(profiles), console =>
            {
                var table = Output.Table("", "profile", "console", "environment", "until (UTC)");
                foreach (var p in profiles.Profiles)
                    table.Row(p.Name == profiles.Current ? "*" : "", p.Name, p.Console, p.Environment,
                        p.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
                console.Write(table);
                if (profiles.Profiles.Count == 0) console.WriteLine("you are signed in nowhere; contestctl login URL does that");
            });
            return ExitCodes.Success;
        });
        return command;
    }

    private static ContextAnswer Told(ProfileList profiles) => new(
        profiles.Current,
        [.. profiles.Profiles.Select(p => new LoginAnswer(p.Name, p.Console, p.Environment, p.ExpiresAt))]);
}
