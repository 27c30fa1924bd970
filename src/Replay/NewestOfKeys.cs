namespace ContestPipeline.Replay;

/// <summary>
/// Finds keys of which an older record is selected and a newer one is not. In a topic that keeps the newest record of each key
/// only, a replay of such a selection would make the older one the one that is kept. No clock, no broker.
/// </summary>
internal sealed class NewestOfKeys
{
    private readonly Dictionary<string, bool> newestIsSelected = new(StringComparer.Ordinal);

    /// <summary>In order of their names.</summary>
    internal IReadOnlyList<string> LeftOut =>
        [.. newestIsSelected.Where(k => !k.Value).Select(k => k.Key).Order(StringComparer.Ordinal)];

    /// <summary>The next record of its partition.</summary>
    internal void Add(string key, bool isSelected)
    {
        if (isSelected || newestIsSelected.ContainsKey(key)) newestIsSelected[key] = isSelected;
    }
}
