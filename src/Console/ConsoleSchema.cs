using ContestPipeline.Plumbing;

namespace ContestPipeline.WebConsole;

/// <summary>What the console needs of the database: a role that may look at what its pages show.</summary>
public static class ConsoleSchema
{
    /// <summary>Of schema and role.</summary>
    public const string Name = "console";

    /// <param name="connectionString">The console's own; when it has a password, the role has it after the migration.</param>
    public static WorkerSchema Of(string? connectionString = null) =>
        new(Name, typeof(ConsoleSchema).Assembly, connectionString) { IsReader = true };
}
