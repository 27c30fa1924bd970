using System.Globalization;
using ContestPipeline.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ContestPipeline.Plumbing;

/// <summary>
/// A setting is missing or wrong, or what it names does not answer. The process ends with this sentence and exit code 2.
/// </summary>
public sealed class SettingException(string setting, string what) : Exception($"{setting} {what}.")
{
    public string Setting { get; } = setting;
}

/// <summary>
/// Settings come from environment variables only; <c>NAME_FILE</c> names a file that holds the value of <c>NAME</c>.
/// </summary>
public static class Settings
{
    /// <summary>How the owner connects; contestctl's alone.</summary>
    public const string AdminSetting = "ADMIN_DATABASE";

    /// <exception cref="SettingException">Neither NAME nor NAME_FILE is set.</exception>
    public static string Require(this IConfiguration configuration, string name, string meaning) =>
        configuration.Optional(name) ?? throw new SettingException(name, $"is not set: {meaning}");

    /// <returns>Null when not set or empty.</returns>
    public static string? Optional(this IConfiguration configuration, string name)
    {
        if (configuration[name] is { Length: > 0 } value) return value;
        if (configuration[name + "_FILE"] is not { Length: > 0 } file) return null;
        if (!File.Exists(file)) throw new SettingException(name + "_FILE", $"names {file}, which does not exist");
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (UnauthorizedAccessException)
        {
            throw new SettingException(name + "_FILE", $"names {file}, which the user {Environment.UserName} may not read");
        }
    }

    /// <summary>A whole number within the bounds of its declaration.</summary>
    /// <param name="otherwise">What holds where it is not set, if that is not what is declared.</param>
    /// <exception cref="SettingException">It is no such number.</exception>
    public static int Whole(this IConfiguration configuration, string name, int? otherwise = null)
    {
        var declared = SettingsReference.Find(name);
        var (min, max) = declared.Bounds ?? throw new InvariantException($"{name} is not declared as a whole number");
        if (configuration.Optional(name) is not { } text)
            return otherwise ?? int.Parse(declared.Default!, CultureInfo.InvariantCulture);
        return int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value
            : throw new SettingException(name, $"must be a whole number from {min} to {max}, not '{text}'");
    }

    /// <summary><c>test</c> or <c>live</c>; stamped into the database, so that the two can never be mixed.</summary>
    public static string PipelineEnvironment(this IConfiguration configuration)
    {
        var value = configuration.Require("PIPELINE_ENVIRONMENT", "say test or live");
        return value is "test" or "live"
            ? value : throw new SettingException("PIPELINE_ENVIRONMENT", $"must be test or live, not '{value}'");
    }

    /// <summary>How the owner of all schemas connects; the workers do not know it.</summary>
    /// <exception cref="SettingException">It is not set, or would connect in plaintext in live.</exception>
    public static string AdminDatabase(this IConfiguration configuration)
    {
        var database = configuration.Require(
            AdminSetting, "say how the owner connects to PostgreSQL (an Npgsql connection string)");
        TransportSecurity.Require(configuration, new OutgoingConnection.Postgres(AdminSetting));
        return database;
    }

    public static string DatabaseSetting(string worker) => worker.ToUpperInvariant() + "_DATABASE";
}

/// <summary>
/// Warns at the start of settings that look like the pipeline's own and that nothing reads, such as misspelt ones.
/// </summary>
internal sealed partial class UnknownSettings(IConfiguration settings, ILogger<UnknownSettings> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var name in SettingsReference.Unknown(settings.AsEnumerable().Select(setting => setting.Key))) Unread(log, name);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
        Message = "The setting {Name} is read by nothing; docs/settings.md lists those that are")]
    private static partial void Unread(ILogger log, string name);
}
