using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>An entry as it was accepted.</summary>
public sealed record EntryRow(string ContestId, string EntryId, string PlayerId, long AcceptanceNo, string Lineup);

/// <summary>The latest line-up of an entry that a batch brings.</summary>
public sealed record LineupChange(string ContestId, string EntryId, int Version, string Lineup);

/// <summary>An entry was taken back.</summary>
public sealed record Withdrawal(string ContestId, string EntryId);

/// <summary>
/// What a batch of entry events comes to, one row per entry and kind: so that any number of them is three statements, acceptances
/// first. In which order a batch brings them changes nothing, for a topic that is replayed brings old ones after new ones.
/// </summary>
public sealed class EntryChanges
{
    private readonly Dictionary<(string, string), EntryRow> accepted = [];
    private readonly Dictionary<(string, string), LineupChange> changed = [];
    private readonly HashSet<Withdrawal> withdrawn = [];

    public IReadOnlyCollection<EntryRow> Accepted => accepted.Values;

    public IReadOnlyCollection<LineupChange> Changed => changed.Values;

    public IReadOnlyCollection<Withdrawal> Withdrawn => withdrawn;

    /// <param name="messages">In any order; anything but entry events is left alone.</param>
    public static EntryChanges Fold(IEnumerable<IMessage> messages)
    {
        var changes = new EntryChanges();
        foreach (var message in messages) changes.Apply(message);
        return changes;
    }

    private void Apply(IMessage message)
    {
        switch (message)
        {
            case EntryAcceptedV1 m:
                accepted[(m.ContestId, m.EntryId)] = new EntryRow(
                    m.ContestId, m.EntryId, m.PlayerId, m.AcceptanceNo, EntryBookBuilder.Join(m.AthleteIds));
                break;
            case EntryChangedV1 m:
                if (changed.TryGetValue((m.ContestId, m.EntryId), out var other) && other.Version > m.Version) break;
                changed[(m.ContestId, m.EntryId)] = new LineupChange(
                    m.ContestId, m.EntryId, m.Version, EntryBookBuilder.Join(m.AthleteIds));
                break;
            case EntryWithdrawnV1 { Reserved: false } m:
                withdrawn.Add(new Withdrawal(m.ContestId, m.EntryId));
                break;
        }
    }
}
