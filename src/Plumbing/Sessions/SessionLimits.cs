namespace ContestPipeline.Plumbing;

/// <summary>
/// What every session of a worker asks of the server, so that a host that vanishes without a word holds no lock for long: its
/// connections are noticed to be dead, and a transaction in which nothing happens is ended.
/// </summary>
internal static class SessionLimits
{
    /// <summary>No handler waits for anybody while its transaction is open; the longest computes for seconds.</summary>
    internal const int IdleInTransactionSeconds = 180;

    /// <summary>
    /// As start-up options, which last for the session, also when a pool resets it. Keepalives find a dead host within 25 s,
    /// unanswered data within 30 s.
    /// </summary>
    private static readonly string s_options = string.Join(' ', new[]
    {
        "tcp_keepalives_idle=10", "tcp_keepalives_interval=5", "tcp_keepalives_count=3", "tcp_user_timeout=30000",
        "client_connection_check_interval=10000",
        $"idle_in_transaction_session_timeout={IdleInTransactionSeconds * 1_000}",
    }.Select(setting => $"-c {setting}"));

    /// <param name="own">Options of the connection string, which count more; null: none.</param>
    internal static string Options(string? own) => string.IsNullOrEmpty(own) ? s_options : $"{s_options} {own}";
}
