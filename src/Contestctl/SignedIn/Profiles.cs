using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Contestctl.SignedIn;

/// <summary>An environment in which somebody is signed in.</summary>
/// <param name="Console">Where its console answers.</param>
/// <param name="Payout">Where Payout's API answers; null: the console does not say.</param>
/// <param name="Environment"><c>test</c> or <c>live</c>.</param>
internal sealed record Profile(
    string Name, string Console, string? Payout, string Environment, string Token, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"{nameof(Profile)} {{ Name = {Name}, Console = {Console} }}";
}

/// <summary>All of them.</summary>
/// <param name="Current">The name of the one that commands use; null: none.</param>
internal sealed record ProfileList(string? Current, IReadOnlyList<Profile> Profiles)
{
    public Profile? Chosen => Profiles.FirstOrDefault(p => p.Name == Current);

    public ProfileList With(Profile profile) =>
        new(profile.Name,
            [.. Profiles.Where(p => p.Name != profile.Name).Append(profile).OrderBy(p => p.Name, StringComparer.Ordinal)]);

    public ProfileList Without(string name) =>
        new(Current == name ? null : Current, [.. Profiles.Where(p => p.Name != name)]);
}

/// <summary>The file in which sign-ins are kept, for its owner's eyes only.</summary>
internal static class Profiles
{
    public const string FileSetting = "CONTESTCTL_PROFILES";

    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>One of these, set by hand, means that no profile is used: its token is for its own addresses.</summary>
    private static readonly string[] s_byHand = [ApiClient.ConsoleSetting, "PAYOUT_API_URL", "PAYOUT_API_TOKEN"];

    private static readonly JsonSerializerOptions s_json = new(WireJson.Options) { WriteIndented = true };

    /// <summary>What the environment says, and beneath it what the chosen profile does.</summary>
    public static IConfiguration Under(IConfiguration environment)
    {
        if (s_byHand.Any(name => environment.Optional(name) is not null) || Read(environment).Chosen is not { } chosen)
            return environment;
        return new ConfigurationBuilder().AddInMemoryCollection(
        [
            new(ApiClient.ConsoleSetting, chosen.Console), new("PAYOUT_API_URL", chosen.Payout),
            new("PAYOUT_API_TOKEN", chosen.Token), new("PIPELINE_ENVIRONMENT", chosen.Environment),
        ]).AddConfiguration(environment).Build();
    }

    /// <returns>None where there is no file.</returns>
    /// <exception cref="SettingException">Others may read the file, or it is no list of profiles.</exception>
    public static ProfileList Read(IConfiguration settings)
    {
        var file = FileOf(settings);
        if (!File.Exists(file)) return new ProfileList(null, []);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~Owners) != 0)
            throw new SettingException(
                FileSetting, $"names {file}, which others than you may read: chmod 600 it, and sign in anew");
        try
        {
            return JsonSerializer.Deserialize<ProfileList>(File.ReadAllText(file), s_json)!;
        }
        catch (JsonException)
        {
            throw new SettingException(FileSetting, $"names {file}, which holds no profiles; remove it and sign in anew");
        }
    }

    /// <summary>In the place of the old ones, all at once.</summary>
    public static void Write(IConfiguration settings, ProfileList profiles)
    {
        var file = FileOf(settings);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        Directory.CreateDirectory(folder);
        var fresh = file + ".new";
        File.Delete(fresh);
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = Owners;
        using (var stream = new FileStream(fresh, how)) JsonSerializer.Serialize(stream, profiles, s_json);
        File.Move(fresh, file, overwrite: true);
    }

    private static string FileOf(IConfiguration settings) => settings.Optional(FileSetting) ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "contestctl", "profiles.json");
}
