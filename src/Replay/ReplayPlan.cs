using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay.Effect;

namespace ContestPipeline.Replay;

/// <summary>A file whose lines were tried out instead of records of a topic.</summary>
public sealed record PlannedFile(string Name, string Sha256);

/// <summary>
/// What was selected, what it would do, and what that holds for: the state of the contests and the version of the tables.
/// </summary>
/// <param name="Migrations">Hash of all migrations: the version of the tables.</param>
/// <param name="Unread">Records that workers had not read yet when the plan was made; the plan does not count what they will
/// do.</param>
/// <param name="File">Whose messages are tried out; the run publishes those of the same file.</param>
public sealed record ReplayPlan(
    int Format, string Environment, string TopicPrefix, DateTimeOffset MadeAt, string Migrations, ReplaySource Source,
    PlannedFile? File, Selection Selection, long Unread, ReplayEffect Effect)
{
    public const int FormatNow = 3;

    private static readonly JsonSerializerOptions s_json = new(WireJson.Options) { WriteIndented = true };

    /// <summary>Of the plan as it is written: one changed character and it is another plan, or none.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text())));

    /// <summary>As JSON, always the same for the same plan.</summary>
    public string Text() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Of <see cref="Text"/>.</summary>
    /// <exception cref="InvariantException">It is a plan of another version.</exception>
    public static ReplayPlan Parse(string text)
    {
        Invariant.Holds(JsonSerializer.Deserialize<PlanVersion>(text, s_json)?.Format == FormatNow,
            "the plan is of another version; make it anew");
        return JsonSerializer.Deserialize<ReplayPlan>(text, s_json)!;
    }

    public async Task Write(string path, CancellationToken ct) =>
        await System.IO.File.WriteAllTextAsync(path, JsonSerializer.Serialize(new Sealed(Hash, this), s_json) + "\n", ct);

    /// <summary>Whether a file holds a plan, of whatever version.</summary>
    public static async Task<bool> IsPlan(string path, CancellationToken ct)
    {
        try
        {
            return JsonSerializer.Deserialize<Versioned>(await System.IO.File.ReadAllTextAsync(path, ct), s_json)?.Plan?.Format
                is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <exception cref="InvariantException">The file is no plan, or was edited.</exception>
    public static async Task<ReplayPlan> Read(string path, CancellationToken ct)
    {
        var text = await System.IO.File.ReadAllTextAsync(path, ct);
        Invariant.Holds(JsonSerializer.Deserialize<Versioned>(text, s_json)?.Plan?.Format == FormatNow,
            $"{path} is no replay plan of this version; make it anew");
        var file = JsonSerializer.Deserialize<Sealed>(text, s_json)!;
        Invariant.Holds(file.Plan.Hash == file.Hash, $"{path} was edited after it was made; make it anew");
        return file.Plan;
    }

    /// <summary>The plan as it lies in a file.</summary>
    private sealed record Sealed(string Hash, ReplayPlan Plan);

    /// <summary>What is looked at first: a plan of another version may lack what this one needs.</summary>
    private sealed record Versioned(PlanVersion? Plan);

    /// <summary>What every version of a plan has.</summary>
    private sealed record PlanVersion(int? Format);
}
