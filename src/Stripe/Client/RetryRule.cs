using System.Net;

namespace Stripe;

/// <summary>When a request is sent again, and after which wait.</summary>
internal static class RetryRule
{
    private const int FirstDelayMs = 500;
    private const int DelayMaxMs = 5_000;

    /// <summary>A rate limit (429) is not retried unless Stripe asks for it: the caller paces itself.</summary>
    public static bool ShouldRetry(int retries, int retriesMax, bool networkFailed, HttpStatusCode? status, string shouldRetryHeader)
    {
        if (retries >= retriesMax) return false;
        if (networkFailed) return true;
        if (shouldRetryHeader is "true" or "false") return shouldRetryHeader == "true";
        return status == HttpStatusCode.Conflict || (int?)status >= 500;
    }

    /// <param name="retry">1 for the first repetition.</param>
    /// <param name="jitterPermille">750 to 1000.</param>
    public static TimeSpan Delay(int retry, int jitterPermille)
    {
        var delayMs = Math.Min((long)FirstDelayMs << Math.Min(retry - 1, 10), DelayMaxMs) * jitterPermille / 1000;
        return TimeSpan.FromMilliseconds(Math.Max(delayMs, FirstDelayMs));
    }
}
