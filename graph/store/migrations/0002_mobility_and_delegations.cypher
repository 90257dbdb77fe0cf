/* Optional properties of events, visits and mobility, and mobility of the whole CNRS: nothing to change in a graph. */
