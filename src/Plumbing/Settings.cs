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

    /// <summary>The value, which has the form that is declared for it.</summary>
    /// <returns>Null when not set or empty.</returns>
    /// <exception cref="SettingException">It has another form.</exception>
    /// <exception cref="ArgumentException">The setting is not declared.</exception>
    public static string? Declared(this IConfiguration configuration, string name)
    {
        var text = configuration.Optional(name);
        return text is null || SettingsReference.Find(name).Form is not { } form || form.Fits(text)
            ? text : throw new SettingException(name, $"must be {form.Expected}, not '{text}'");
    }

    /// <summary>Whole numbers separated by commas, of the form that is declared for them.</summary>
    /// <returns>Null when not set or empty.</returns>
    /// <exception cref="SettingException">It has another form.</exception>
    public static IReadOnlyList<int>? Wholes(this IConfiguration configuration, string name) => configuration.Declared(name) is
        { } text ? [.. text.Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture))] : null;

    /// <summary>Secrets of which several hold while one is replaced: separated by commas, or on lines of a file.</summary>
    /// <param name="prefix">With which each begins.</param>
    /// <returns>Each once; none when not set or empty.</returns>
    /// <exception cref="SettingException">One does not begin so, or has nothing else: its number is told, no secret.</exception>
    public static IReadOnlyList<string> Secrets(this IConfiguration configuration, string name, string prefix)
    {
        var secrets = (configuration.Optional(name) ?? "")
            .Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Distinct(StringComparer.Ordinal).ToArray();
        var wrong = Array.FindIndex(secrets, s => !s.StartsWith(prefix, StringComparison.Ordinal) || s.Length <= prefix.Length);
        return wrong < 0 ? secrets
            : throw new SettingException(name, $"must hold secrets that begin with {prefix}; number {wrong + 1} does not");
    }

    /// <summary>A whole number within the bounds of its declaration.</summary>
    /// <param name="otherwise">What holds where it is not set, if that is not what is declared.</param>
    /// <exception cref="SettingException">It is no such number.</exception>
    public static int Whole(this IConfiguration configuration, string name, int? otherwise = null)
    {
        var declared = SettingsReference.Find(name);
        Invariant.Holds(declared.Bounds is not null, $"{name} is not declared as a whole number");
        return configuration.Declared(name) is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise ?? int.Parse(declared.Default!, CultureInfo.InvariantCulture);
    }

    /// <summary><c>test</c> or <c>live</c>; stamped into the database, so that the two can never be mixed.</summary>
    public static string PipelineEnvironment(this IConfiguration configuration) =>
        configuration.Declared("PIPELINE_ENVIRONMENT")
            ?? throw new SettingException("PIPELINE_ENVIRONMENT", "is not set: say test or live");

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
/// At the start: a setting of these workers that has not the form declared for it ends the process, also one that would be
/// read later or not at all; settings that look like the pipeline's own and that nothing reads are warned of.
/// </summary>
internal sealed partial class SettingsCheck(
    IConfiguration settings, IEnumerable<WorkerName> workers, ILogger<SettingsCheck> log) : IHostedService
{
    /// <exception cref="SettingException">A setting is malformed.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var setting in SettingsReference.All.Where(setting => workers.Any(worker => setting.IsReadBy(worker.Name))))
            settings.Declared(setting.Name);
        foreach (var name in SettingsReference.Unknown(settings.AsEnumerable().Select(setting => setting.Key))) Unread(log, name);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
        Message = "The setting {Name} is read by nothing; docs/settings.md lists those that are")]
    private static partial void Unread(ILogger log, string name);
}
