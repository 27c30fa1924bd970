using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ContestPipeline.Ingestion;

/// <summary>
/// Folded games kept between batches so that a play costs no read. A game is taken out while a transaction works on it and put
/// back after the commit; after a failure it is simply gone and will be read from the database again.
/// </summary>
public sealed class GameCache
{
    private const int GamesMax = 256;
    private readonly ConcurrentDictionary<string, GameFold> games = new(StringComparer.Ordinal);

    /// <param name="change">The count of writes in the game's locked row: only memory of the same count is as the row
    /// says.</param>
    public bool TryTake(string gameId, long change, [NotNullWhen(true)] out GameFold? game) =>
        games.TryRemove(gameId, out game) && game.Change == change;

    public void Put(IEnumerable<GameFold> committed)
    {
        foreach (var game in committed)
        {
            if (games.Count >= GamesMax) Forget();
            games[game.GameId] = game;
        }
    }

    /// <summary>Games that are over go first; which of the others does not matter, they can all be read again.</summary>
    private void Forget()
    {
        var surplus = games.OrderByDescending(g => g.Value.IsOver).Take(GamesMax / 4).Select(g => g.Key).ToArray();
        foreach (var gameId in surplus) games.TryRemove(gameId, out _);
    }
}
