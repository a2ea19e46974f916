namespace FeedbackBot.Benchmarks.Matching;

/// <summary>The little of it that fitting needs.</summary>
internal static class LinearAlgebra
{
    /// <summary>The x of <c>matrix · x = right</c> for a symmetric, positive definite matrix, which is overwritten.</summary>
    public static double[] Solve(double[][] matrix, double[] right)
    {
        var size = right.Length;
        var x = (double[])right.Clone();
        for (var column = 0; column < size; column++)
        {
            for (var row = column + 1; row < size; row++)
            {
                var factor = matrix[row][column] / matrix[column][column];
                for (var i = column; i < size; i++)
                {
                    matrix[row][i] -= factor * matrix[column][i];
                }

                x[row] -= factor * x[column];
            }
        }

        for (var row = size - 1; row >= 0; row--)
        {
            for (var i = row + 1; i < size; i++)
            {
                x[row] -= matrix[row][i] * x[i];
            }

            x[row] /= matrix[row][row];
        }

        return x;
    }

    /// <summary>A square matrix of zeros.</summary>
    public static double[][] Square(int size) => [.. Enumerable.Range(0, size).Select(_ => new double[size])];

    /// <summary>Mean and deviation of each column, a deviation of zero as 1.</summary>
    public static (double[] Means, double[] Deviations) Spread(IEnumerable<float[]> rows, int columns)
    {
        var (sums, squares, count) = (new double[columns], new double[columns], 0);
        foreach (var row in rows)
        {
            count++;
            for (var i = 0; i < columns; i++)
            {
                sums[i] += row[i];
                squares[i] += (double)row[i] * row[i];
            }
        }

        var means = Array.ConvertAll(sums, sum => sum / Math.Max(count, 1));
        var deviations = squares.Select((square, i) => Math.Sqrt(Math.Max(0, (square / Math.Max(count, 1)) - (means[i] * means[i]))));
        return (means, [.. deviations.Select(deviation => deviation < 1e-6 ? 1 : deviation)]);
    }
}
