using System.CommandLine;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl.Commands;

/// <summary><c>contestctl migrate</c>: schemas, roles and tables as the code has them.</summary>
internal static class MigrateCommand
{
    private const string About =
        """
        Brings the database up to the code: schemas, roles, tables. Each numbered file runs once; an edited one is refused.
        Needs ADMIN_DATABASE and PIPELINE_ENVIRONMENT; the roles get the passwords of the workers' own connection strings where those are set and differ.
        Refused where a role belongs to another environment's database on the same server.

        Example:
          contestctl migrate
        """;

    public static Command Make(Session session)
    {
        var json = Output.JsonOption<MigrateAnswer>();
        var command = new Command("migrate", About) { json };
        command.SetAction(async (parsed, ct) =>
        {
            var environment = session.Settings.PipelineEnvironment();
            await session.RequireAdmin(ct);
            var applied = await LongWork.While(
                "migrating", session.Clock, _ => new Migrator(session.AdminDatabase, environment).Apply(session.Schemas, ct));
            var files = applied.Select(f => f.Name).ToArray();
            Output.Show(parsed, json, new MigrateAnswer(files), console =>
                console.WriteLine(
                    files.Length == 0 ? "nothing to do: the database is up to date" : $"{files.Length} files applied"));
            return ExitCodes.Success;
        });
        return command;
    }
}
