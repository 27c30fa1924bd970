using Microsoft.Extensions.Logging;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>What is logged of the way to Stripe.</summary>
internal static partial class StripeLog
{
    [LoggerMessage(
        1, LogLevel.Error, "Stripe is taken to be down ({Circuit}): nothing is sent for {Pause}; the last answer was: {Last}")]
    public static partial void TakenToBeDown(this ILogger log, string circuit, TimeSpan pause, string last);

    [LoggerMessage(2, LogLevel.Warning, "Stripe is asked again ({Circuit}), by one request")]
    public static partial void AskedAgain(this ILogger log, string circuit);

    [LoggerMessage(3, LogLevel.Warning, "Stripe answers again ({Circuit}): payments go on")]
    public static partial void AnswersAgain(this ILogger log, string circuit);
}
