using CoinPay.Core;
using CoinPay.Functions.Http;
using Xunit;

namespace CoinPay.Functions.Tests.Http;

/// <summary>What the rules refuse has a problem page each.</summary>
public sealed class RejectionTests
{
    [Fact]
    public void Every_reason_for_a_rejection_is_a_problem_of_its_own()
    {
        // An id is new: that it exists already is a bug, and no answer.
        RejectionReason[] told = [.. Enum.GetValues<RejectionReason>().Except([RejectionReason.AlreadyExists])];
        Problem[] problems = [.. told.Select(reason => Problems.Rejected(new(reason, "So it is.")))];
        Assert.Equal(told.Length, problems.Select(problem => problem.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.All(problems, problem => Assert.Contains(problem.Kind, ProblemKinds.All));
    }
}
