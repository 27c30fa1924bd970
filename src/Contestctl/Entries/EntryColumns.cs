using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Entries;

/// <summary>Which column of a file holds what.</summary>
/// <param name="Count">How many columns there are.</param>
/// <param name="Slots">The column of each slot, in slot order.</param>
/// <param name="PassedOver">The names of those that are neither.</param>
internal sealed record EntryColumns(
    int Count, int Entry, int Player, IReadOnlyList<int> Slots, IReadOnlyList<string> PassedOver)
{
    /// <param name="header">The names: entry or entry id, player or player id, and each slot's name with or without its number.
    /// Of columns of one name the first is the first slot's.</param>
    /// <exception cref="InvalidDataException">A column is missing, there twice, or there for no slot.</exception>
    public static EntryColumns Of(IReadOnlyList<string> header, IReadOnlyList<RosterSlotV1> slots)
    {
        var free = Enumerable.Range(0, header.Count).ToList();
        var entry = One("entry");
        var player = One("player");
        var places = new int[slots.Count];
        for (var i = 0; i < places.Length; i++) places[i] = Take(c => Same(header[c], slots[i].Name));
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] < 0) places[i] = Take(c => Same(header[c], Unnumbered(slots[i].Name)));
            if (places[i] < 0) throw Wrong($"{slots[i].Name} is missing");
        }

        foreach (var name in free.Select(c => header[c]))
        {
            if (slots.Any(s => Same(Unnumbered(name), Unnumbered(s.Name)))) throw Wrong($"{name} has no slot left");
        }

        return new EntryColumns(
            header.Count, entry, player, places, [.. free.Select(c => header[c]).Where(name => name.Length > 0)]);

        int One(string name)
        {
            var found = Take(IsIt);
            if (found < 0) throw Wrong($"{name} is missing");
            return free.Any(IsIt) ? throw Wrong($"{name} is there twice") : found;

            bool IsIt(int c) => Same(header[c].Replace("_", "", StringComparison.Ordinal), name)
                || Same(header[c].Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal), name + "id");
        }

        int Take(Predicate<int> wanted)
        {
            var at = free.FindIndex(wanted);
            if (at < 0) return -1;
            var column = free[at];
            free.RemoveAt(at);
            return column;
        }

        InvalidDataException Wrong(string what) => new("line 1: expected the columns "
            + $"{string.Join(", ", slots.Select(s => s.Name).Prepend("player").Prepend("entry"))} in any order; {what}");
    }

    private static string Unnumbered(string name) => name.TrimEnd([.. "0123456789"]) is { Length: > 0 } bare ? bare : name;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
