using ContestPipeline.Contracts;
using ContestPipeline.Payout.Disputes;
using ContestPipeline.Payout.Rereads;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Simulation;

/// <summary>
/// In some seeds Stripe does not show one object or another: whoever reads it is refused in the same way each time, until a
/// person has mended what Stripe names.
/// </summary>
internal sealed class RefusedReads
{
    private const int Percent = 20;
    private const int ObjectPercent = 50;
    private const int ObjectsMax = 3;

    /// <summary>Of so many readings one was committed.</summary>
    private const int LateMin = 3;

    /// <summary>
    /// So much longer than the patience it was refused when surely somebody was told: clocks are set, processes die.
    /// </summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromHours(1);
    private static readonly TimeSpan[] s_mendedAfter = [TimeSpan.FromMinutes(20), TimeSpan.FromHours(4), TimeSpan.FromHours(30)];
    private static readonly Dictionary<string, string> s_whats = new(StringComparer.Ordinal)
    {
        ["disputes.get"] = "dispute", ["transfers.get"] = "transfer", ["payouts.get"] = "bank-payout",
        ["payment_intents.get"] = "payment",
    };

    private readonly SimWorld world;
    private readonly SeededRandom random;
    private readonly Dictionary<string, Refused?> objects = new(StringComparer.Ordinal);

    private RefusedReads(SimWorld world, SeededRandom random) => (this.world, this.random) = (world, random);

    /// <returns>Null: in most seeds all is shown.</returns>
    internal static RefusedReads? Of(SimWorld world) =>
        world.ChanceOf("reads") is var random && random.Chance(Percent) && !world.IsWithout(Weather.Reads)
            ? new RefusedReads(world, random) : null;

    /// <param name="endpoint">The operation, as the table of answers names it.</param>
    /// <returns>What a read is answered instead of the object; null: the object is shown.</returns>
    internal string? Answer(string endpoint, string path)
    {
        if (!s_whats.TryGetValue(endpoint, out var what) || world.Weather == Weather.Calm) return null;
        var now = world.Clock.GetUtcNow();
        if (!objects.TryGetValue(path, out var refused))
        {
            var isOne = objects.Values.Count(o => o is not null) < ObjectsMax && random.Chance(ObjectPercent);
            objects[path] = refused = isOne
                ? new Refused(what, random.Pick(SimAnswers.Refusals(endpoint)), now + random.Pick(s_mendedAfter)) : null;
        }

        if (refused is null || refused.Until <= now) return null;
        if (!IsBeside(what))
        {
            (refused.First, refused.Last) = (refused.First ?? now, now);
            if (now - refused.First > Unread.Patience + s_margin) refused.Late++;
        }

        world.Faults.Hit($"{endpoint} refused until somebody mends it");
        return refused.Answer;
    }

    /// <summary>A person is told when it lasts, and told when it is over.</summary>
    internal IEnumerable<string> Faults()
    {
        var raised = world.Broker.Messages<AlertRaisedV1>();
        var resolved = world.Broker.Messages<AlertResolvedV1>().Select(r => r.DedupKey).ToHashSet(StringComparer.Ordinal);
        foreach (var refused in objects.Values.OfType<Refused>().Where(o => o.Late >= LateMin))
        {
            if (!raised.Any(a => a.Kind == $"{refused.What}-unreadable"))
                yield return $"a {refused.What} was not shown from {refused.First:u} to {refused.Last:u}, and nobody was told";
        }

        foreach (var open in raised.Where(a => a.Kind.EndsWith("-unreadable", StringComparison.Ordinal)
            && !resolved.Contains(a.DedupKey)))
            yield return $"alert {open.DedupKey} is open, and Stripe shows everything";
    }

    /// <summary>
    /// What a dispute's payment was for is a hint, without which the dispute is read all the same; and who looks whether an
    /// intent was cancelled tells of a look-up that is not answered.
    /// </summary>
    private bool IsBeside(string what) => what == "payment" && world.Acting?.Doing is nameof(DisputeReader) or "calls";

    private sealed record Refused(string What, string Answer, DateTimeOffset Until)
    {
        /// <summary>Null: nobody has read it who needs it.</summary>
        internal DateTimeOffset? First { get; set; }

        internal DateTimeOffset? Last { get; set; }

        /// <summary>How often it was read when somebody was to be told.</summary>
        internal int Late { get; set; }
    }
}
