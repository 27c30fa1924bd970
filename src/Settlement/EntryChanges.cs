using ContestPipeline.Contracts;

namespace ContestPipeline.Settlement;

/// <summary>An entry as a batch leaves it.</summary>
public sealed record EntryRow(string ContestId, string EntryId, string PlayerId, long AcceptanceNo, int Version, string Lineup, bool Withdrawn);

/// <summary>A later line-up of an entry that an earlier batch brought.</summary>
public sealed record LineupChange(string ContestId, string EntryId, int Version, string Lineup);

/// <summary>An entry that an earlier batch brought was taken back.</summary>
public sealed record Withdrawal(string ContestId, string EntryId);

/// <summary>What a batch of entry events comes to, one row per entry: so that any number of them is three statements.</summary>
public sealed class EntryChanges
{
    private readonly Dictionary<(string, string), EntryRow> accepted = [];
    private readonly Dictionary<(string, string), LineupChange> changed = [];
    private readonly Dictionary<(string, string), Withdrawal> withdrawn = [];

    public IReadOnlyCollection<EntryRow> Accepted => accepted.Values;

    public IReadOnlyCollection<LineupChange> Changed => changed.Values;

    /// <summary>Of entries that an earlier batch brought.</summary>
    public IReadOnlyCollection<Withdrawal> Withdrawn => withdrawn.Values;

    /// <param name="messages">In order per contest; anything but entry events is left alone.</param>
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
                var key = (m.ContestId, m.EntryId);
                changed.Remove(key);
                withdrawn.Remove(key);
                accepted[key] = new EntryRow(m.ContestId, m.EntryId, m.PlayerId, m.AcceptanceNo, 1, EntryBookBuilder.Join(m.AthleteIds), false);
                break;
            case EntryChangedV1 m:
                var lineup = EntryBookBuilder.Join(m.AthleteIds);
                if (accepted.TryGetValue((m.ContestId, m.EntryId), out var row))
                    accepted[(m.ContestId, m.EntryId)] = row with { Version = m.Version, Lineup = lineup };
                else
                    changed[(m.ContestId, m.EntryId)] = new LineupChange(m.ContestId, m.EntryId, m.Version, lineup);
                break;
            case EntryWithdrawnV1 { Reserved: false } m:
                if (accepted.TryGetValue((m.ContestId, m.EntryId), out var taken)) accepted[(m.ContestId, m.EntryId)] = taken with { Withdrawn = true };
                else withdrawn[(m.ContestId, m.EntryId)] = new Withdrawal(m.ContestId, m.EntryId);
                break;
        }
    }
}
