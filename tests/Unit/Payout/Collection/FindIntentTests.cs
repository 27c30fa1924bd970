using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.StripeApi;
using Stripe;

namespace ContestPipeline.Unit.Payout;

/// <summary>Which intent of those made for one purpose is the one that a request is about.</summary>
public sealed class FindIntentTests
{
    private const string Key = "entry/c/p/1";

    [Theory]
    [InlineData("", null)]
    [InlineData("a own open", "a")]
    [InlineData("a own canceled", "a")]
    [InlineData("a own open, b other succeeded", "b")]
    [InlineData("a own open, b other open", "a")]
    [InlineData("a other open, b other open", "b")]
    [InlineData("a other open, b other canceled", "a")]
    [InlineData("a other canceled", null)]
    public void It_is_the_paid_one_else_its_own_else_the_newest_that_can_be_paid(string made, string? found)
    {
        var decided = IntentCalls.Decide(TestLists.Of(Intents(made)), Key);

        Assert.Equal(found, decided switch
        {
            LookUpResult.Found { Made: PaymentIntent intent } => intent.Id,
            LookUpResult.FoundNone => null,
            _ => $"{decided}",
        });
    }

    [Fact]
    public void Two_that_were_paid_are_for_a_person()
    {
        var decided = IntentCalls.Decide(TestLists.Of(Intents("a own succeeded, b other succeeded")), Key);

        Assert.Contains("a, b", Assert.IsType<LookUpResult.Unexplained>(decided).What, StringComparison.Ordinal);
    }

    private static PaymentIntent[] Intents(string made) =>
    [
        .. made.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select((words, i) => words.Split(' ') is var w
            ? new PaymentIntent
            {
                Id = w[0], Status = w[2], Created = DateTime.UnixEpoch.AddMinutes(i),
                Metadata = new Dictionary<string, string> { [IntentCalls.KeyMark] = w[1] == "own" ? Key : $"{Key}/2" },
            }
            : throw new ArgumentException(words, nameof(made))),
    ];
}
